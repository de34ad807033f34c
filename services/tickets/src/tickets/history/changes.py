"""What an event of a ticket changed, as before and after, and who may know of it. Pure.

Nothing here repeats what a message says or how a file is called: both can be blotted out, and history can not.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from common.events.tickets import (
    AttachmentAdded,
    MessagePosted,
    MessageRedacted,
    TicketAssigned,
    TicketCreated,
    TicketDeleted,
    TicketEdited,
    TicketEscalated,
    TicketRestored,
    TicketStatusChanged,
    TicketUnassigned,
)

Data = Mapping[str, Any]


class Change(NamedTuple):
    """Fields and their values; None where there was, or is, nothing."""

    before: dict[str, Any] | None
    after: dict[str, Any] | None


def _some(data: Data, *names: str) -> dict[str, Any]:
    return {name: data[name] for name in names if name in data}


def _created(data: Data) -> Change:
    ticket = _some(data["ticket"], "title", "requester", "status", "priority")
    return Change(None, {**ticket, **_some(data, "category", "tags", "follow_up_of")})


def _edited(data: Data) -> Change:
    changes: Mapping[str, Data] = data["changes"]
    return Change(*({name: change[when] for name, change in changes.items()} for when in ("before", "after")))


def _moved(data: Data) -> Change:
    return Change({"status": data["before"]}, {"status": data["after"], **_some(data, "reason", "message_id")})


def _assigned(data: Data) -> Change:
    return Change({"assignee": data.get("before")}, {"assignee": data.get("after")})


def _escalated(_data: Data) -> Change:
    return Change({"escalated": False}, {"escalated": True})


def _posted(data: Data) -> Change:
    return Change(None, _some(data, "message_id", "visibility"))


def _attached(data: Data) -> Change:
    file = data["attachment"]
    named = {"attachment_id": file["id"], "media_type": file["media_type"], "size": file["size"]}
    return Change(None, {**named, **_some(data, "message_id", "visibility")})


CHANGES: Mapping[str, Callable[[Data], Change]] = {
    TicketCreated.type: _created,
    TicketEdited.type: _edited,
    TicketStatusChanged.type: _moved,
    TicketAssigned.type: _assigned,
    TicketUnassigned.type: _assigned,
    TicketEscalated.type: _escalated,
    TicketDeleted.type: lambda _: Change({"deleted": False}, {"deleted": True}),
    TicketRestored.type: lambda _: Change({"deleted": True}, {"deleted": False}),
    MessagePosted.type: _posted,
    MessageRedacted.type: _posted,
    AttachmentAdded.type: _attached,
}
"""Every event that belongs to a ticket's history."""

SHOWN_TO_CUSTOMERS = frozenset(CHANGES) - {TicketDeleted.type, TicketRestored.type}
"""Of these, a customer is shown those that are about what they see: nothing `internal`."""
