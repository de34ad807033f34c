"""What notifications does about what it hears."""

from common.events.auth import SessionEnded, SessionRevoked, SigningKeyPublished, UserRegistered, UserUpdated
from common.events.tickets import MessagePosted, TicketCreated, TicketStatusChanged
from common.messaging.router import Subscriptions
from common.trust import Trust
from notifications.notification.commands import Tell


def subscriptions(tell: Tell, trust: Trust) -> Subscriptions:
    """Event type -> handler."""
    return {
        SigningKeyPublished: trust.learn_key,
        SessionEnded: trust.end_session,
        SessionRevoked: trust.end_session,
        UserRegistered: tell.registered,
        UserUpdated: tell.updated,
        TicketCreated: tell.created,
        TicketStatusChanged: tell.status_changed,
        MessagePosted: tell.message_posted,
    }
