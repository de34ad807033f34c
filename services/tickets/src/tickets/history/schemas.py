"""What crosses the wire about history."""

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from common.http.schemas import Time, View
from tickets.history.changes import CHANGES
from tickets.ticket.schemas import Person


class HistoryEntry(View):
    """One thing that happened. `actor` is null where it happened by itself; `before` and `after` hold what changed."""

    id: UUID
    occurred_at: Time
    action: str
    actor: Person | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @classmethod
    def of(cls, document: BaseModel | Mapping[str, Any]) -> Self:
        """From an event, as the log keeps it."""
        if isinstance(document, BaseModel):
            raise TypeError("history is made of the log's documents")
        before, after = CHANGES[document["type"]](document["data"])
        return cls(
            id=document["_id"],
            occurred_at=document["time"],
            action=document["type"].partition(".")[2],
            actor=document["actor"] and Person.model_validate(document["actor"]),
            before=before,
            after=after,
        )

    @classmethod
    def projection(cls) -> list[str]:
        """The parts of an event that it tells of."""
        return ["type", "time", "actor", "data"]
