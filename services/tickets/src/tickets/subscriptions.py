"""What tickets does about what it hears."""

from common.events.auth import SessionEnded, SessionRevoked, SigningKeyPublished, UserRegistered, UserUpdated
from common.messaging.router import Subscriptions
from common.trust import Trust
from tickets.people import People


def subscriptions(people: People, trust: Trust) -> Subscriptions:
    """Event type -> handler."""
    return {
        SigningKeyPublished: trust.learn_key,
        SessionEnded: trust.end_session,
        SessionRevoked: trust.end_session,
        UserRegistered: people.remember,
        UserUpdated: people.remember,
    }
