"""What crosses the wire about history."""

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from common.events import Envelope, parse
from common.http.schemas import Time, View
from tickets.history.told import TOLD
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
        envelope = Envelope.model_validate({"id": document["_id"], **document})
        # Read as an event: what was added to its class since it was logged has its default.
        before, after = TOLD[envelope.versioned_type](parse(envelope).model_dump(mode="json"))
        return cls(
            id=envelope.id,
            occurred_at=envelope.time,
            action=envelope.action,
            actor=envelope.actor and Person(id=envelope.actor.id, name=envelope.actor.name),
            before=before,
            after=after,
        )

    @classmethod
    def projection(cls) -> list[str]:
        """All of an event."""
        return list(Envelope.model_fields)
