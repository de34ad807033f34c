"""What tickets does about what it hears."""

from common.events.auth import UserRegistered, UserUpdated
from common.messaging.router import Subscriptions, merged
from common.trust import Trust
from tickets.people import People


def subscriptions(people: People, trust: Trust) -> Subscriptions:
    """Event type -> handler."""
    return merged(
        trust.subscriptions,
        {
            UserRegistered: people.remember,
            UserUpdated: people.remember,
        },
    )
