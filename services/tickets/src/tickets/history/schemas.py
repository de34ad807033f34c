"""Response bodies of history."""

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel

from common.events import Envelope, parse
from common.http.schemas import PersonRefView, Time, View
from tickets.domain.audit_actions import audit_entry


class HistoryEntry(View):
    """One event. `actor` is null when a deadline caused it; `before` and `after` hold the changed fields."""

    id: UUID
    occurred_at: Time
    action: str
    actor: PersonRefView | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @classmethod
    def of(cls, document: BaseModel | Mapping[str, Any]) -> Self:
        """From an event as the event log stores it."""
        if isinstance(document, BaseModel):
            raise TypeError("an entry is made from a document of the event log")
        envelope = Envelope.model_validate({"id": document["_id"], **document})
        event = parse(envelope)  # fields that its class has gained since get their defaults
        return super().of(audit_entry(event, envelope))

    @classmethod
    def projection(cls) -> list[str]:
        return list(Envelope.model_fields)
