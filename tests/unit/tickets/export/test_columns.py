"""The columns of the export."""

from tickets.export.columns import COLUMNS
from tickets.ticket.schemas import TicketView


def test_the_columns_are_these() -> None:
    assert list(COLUMNS) == [
        *("number", "id", "title", "description", "status", "priority", "category", "tags"),
        *("requester", "requester_id", "assignee", "assignee_id", "created_at", "updated_at", "first_response_at"),
        *("resolved_at", "closed_at", "escalated_at", "message_count", "last_message_at", "follow_up_of"),
    ], "Decide whether other programs need the new column. It comes from TicketView; leave it out in _PATHS."


def test_every_field_of_the_view_is_exported_but_these() -> None:
    exported = {
        path.partition(".")[0].replace("_id", "id", 1) if path == "_id" else path.partition(".")[0]
        for path in COLUMNS.values()
    }
    people = {"requester_email_verified", "requester_email_suppression", "requester_active", "assignee_active"}
    assert TicketView.model_fields.keys() - exported == {"deleted_at", "version"} | people
