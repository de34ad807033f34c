"""What notifications does about what it hears."""

from common.events.auth import (
    EmailVerificationRequested,
    InvitationCreated,
    PasswordChanged,
    PasswordResetRequested,
    SessionStarted,
    UserDeactivated,
    UserReactivated,
    UserRegistered,
    UserUpdated,
)
from common.events.tickets import (
    MessagePosted,
    TicketAssigned,
    TicketCreated,
    TicketEscalated,
    TicketStatusChanged,
    TicketUnassigned,
)
from common.messaging.router import Subscriptions, merge_subscriptions
from common.token_trust import TokenTrustStore
from notifications.notification.commands import Tell
from notifications.person.commands import remember


def subscriptions(tell: Tell, trust: TokenTrustStore) -> Subscriptions:
    """Event type -> handler."""
    return merge_subscriptions(
        trust.subscriptions,
        {
            UserRegistered: remember,
            UserUpdated: remember,
            UserDeactivated: remember,
            UserReactivated: remember,
        },
        {
            UserRegistered: tell.happened,
            EmailVerificationRequested: tell.happened,
            PasswordResetRequested: tell.happened,
            PasswordChanged: tell.happened,
            SessionStarted: tell.happened,
            InvitationCreated: tell.happened,
            TicketCreated: tell.happened,
            TicketAssigned: tell.happened,
            TicketUnassigned: tell.happened,
            TicketStatusChanged: tell.happened,
            TicketEscalated: tell.happened,
            MessagePosted: tell.happened,
        },
    )
