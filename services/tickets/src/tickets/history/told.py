"""What history tells of a ticket, and whom, as data. Pure. Its words are those of the audit trail."""

from common.events.tickets import TicketDeleted, TicketRestored
from tickets.audit.actions import AUDITED

TOLD = {event.versioned_type(): action.change for event, action in AUDITED.items() if action.entity == "ticket"}
"""Every event that belongs to a ticket's history, and what it changed."""

TYPES = frozenset(event.type for event, action in AUDITED.items() if action.entity == "ticket")

SHOWN_TO_CUSTOMERS = TYPES - {TicketDeleted.type, TicketRestored.type}
"""Of these, a customer is told what is about things they see: nothing `internal`."""
