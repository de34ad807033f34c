"""Who sees which event in the history of a ticket, as data: an event without a row here is shown to nobody."""

from collections.abc import Mapping
from typing import Literal

from common.events import STAFF_ROLES, Event, Role, tickets

Audience = Literal["customer", "staff", "admin"]

AUDIENCES: Mapping[type[Event], Audience] = {
    tickets.TicketCreated: "customer",
    tickets.TicketEdited: "customer",
    tickets.TicketStatusChanged: "customer",
    tickets.TicketAssigned: "customer",
    tickets.TicketUnassigned: "customer",
    tickets.TicketEscalated: "customer",
    tickets.TicketDeleted: "staff",
    tickets.TicketRestored: "staff",
    tickets.MessagePosted: "customer",
    tickets.MessageRedacted: "customer",
    tickets.AttachmentAdded: "customer",
}
"""The least privileged readers. Customers never see events whose `visibility` is `internal`."""


def visible_types(role: Role) -> list[str]:
    """The types of the events that the role sees, sorted."""
    audiences: set[Audience] = {"customer"}
    if role in STAFF_ROLES:
        audiences.add("staff")
    if role == "admin":
        audiences.add("admin")
    return sorted(event.type for event, audience in AUDIENCES.items() if audience in audiences)
