"""What tickets does about what it hears."""

from common.events.auth import UserDeactivated, UserReactivated, UserRegistered, UserUpdated
from common.messaging.router import Subscriptions, merged
from common.trust import Trust
from tickets.audit.trail import Trail
from tickets.people import People


def subscriptions(people: People, trust: Trust, trail: Trail) -> Subscriptions:
    """Event type -> handler."""
    return merged(
        trust.subscriptions,
        {
            UserRegistered: people.remember,
            UserUpdated: people.remember,
            UserDeactivated: people.remember,
            UserReactivated: people.remember,
        },
        trail.subscriptions,
    )
