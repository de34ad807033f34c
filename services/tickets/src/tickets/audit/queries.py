"""What can be read of the trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from common.http.paging import ID_DESCENDING, Page, find_page
from common.ids import lowest_id
from common.mongo import Database
from common.principal import Principal
from tickets.audit.schemas import EntryView
from tickets.audit.trail import COLLECTION


@dataclass(frozen=True)
class Wanted:
    """Which entries; None is any. `since` is included, `until` is not."""

    actor: UUID | None = None
    action: str | None = None
    entity_type: str | None = None
    entity_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def query(self) -> dict[str, Any]:
        """As a MongoDB filter. An entry has the id of its event, a UUIDv7 of the time: so a time is a place in it."""
        fields = {
            "actor.id": self.actor,
            "action": self.action,
            "entity.type": self.entity_type,
            "entity.id": self.entity_id,
        }
        query: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        times = {"$gte": self.since, "$lt": self.until}
        if bounds := {operator: lowest_id(at) for operator, at in times.items() if at is not None}:
            query["_id"] = bounds
        return query


async def list_newest_first(
    db: Database, wanted: Wanted, user: Principal, *, limit: int, cursor: str | None
) -> Page[EntryView]:
    """One page of what happened in the caller's organisation."""
    query = {"organisation_id": user.organisation_id, **wanted.query()}
    return await find_page(db[COLLECTION], query, EntryView, order=ID_DESCENDING, limit=limit, cursor=cursor)
