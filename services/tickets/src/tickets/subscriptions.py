"""The event subscriptions of tickets."""

from common.events.auth import UserDeactivated, UserReactivated, UserRegistered, UserUpdated
from common.events.tickets import TicketAssigned, TicketRestored, TicketStatusChanged
from common.messaging.router import Subscriptions, merge_subscriptions
from common.suppressed_addresses import SuppressedAddresses
from common.token_trust import TokenTrustStore
from tickets.audit.trail import AuditTrail
from tickets.domain.audit_actions import AUDITED
from tickets.offboarding.commands import OffboardingCommands
from tickets.people import People


def subscriptions(
    people: People,
    offboarding: OffboardingCommands,
    suppressed: SuppressedAddresses,
    trust: TokenTrustStore,
    trail: AuditTrail,
) -> Subscriptions:
    """Event type -> handler."""
    return merge_subscriptions(
        trust.subscriptions,
        dict.fromkeys((UserRegistered, UserUpdated, UserDeactivated, UserReactivated), people.upsert),
        suppressed.subscriptions,
        dict.fromkeys((UserUpdated, UserDeactivated), offboarding.on_person),
        dict.fromkeys((TicketAssigned, TicketStatusChanged, TicketRestored), offboarding.on_ticket),
        dict.fromkeys(AUDITED, trail.append),
    )
