"""What tickets does about what it hears."""

from common.events.auth import UserDeactivated, UserReactivated, UserRegistered, UserUpdated
from common.messaging.router import Subscriptions, merge_subscriptions
from common.token_trust import TokenTrustStore
from tickets.audit.trail import Trail
from tickets.people import People


def subscriptions(people: People, trust: TokenTrustStore, trail: Trail) -> Subscriptions:
    """Event type -> handler."""
    return merge_subscriptions(
        trust.subscriptions,
        {
            UserRegistered: people.remember,
            UserUpdated: people.remember,
            UserDeactivated: people.remember,
            UserReactivated: people.remember,
        },
        trail.subscriptions,
    )
