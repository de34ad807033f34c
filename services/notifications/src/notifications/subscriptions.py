"""What notifications does about what it hears."""

from common.events.auth import UserRegistered, UserUpdated
from common.events.tickets import MessagePosted, TicketCreated, TicketStatusChanged
from common.messaging.router import Subscriptions, merged
from common.trust import Trust
from notifications.notification.commands import Tell


def subscriptions(tell: Tell, trust: Trust) -> Subscriptions:
    """Event type -> handler."""
    return merged(
        trust.subscriptions,
        {
            UserRegistered: tell.registered,
            UserUpdated: tell.updated,
            TicketCreated: tell.created,
            TicketStatusChanged: tell.status_changed,
            MessagePosted: tell.message_posted,
        },
    )
