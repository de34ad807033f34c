"""What crosses the wire about the audit trail."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from common.events import Role
from common.http.schemas import Time, View


class ActorView(BaseModel):
    """Who did it, as they were called then."""

    id: UUID
    name: str
    role: Role


class EntityView(BaseModel):
    """What it was done to."""

    type: str
    id: UUID


class EntryView(View):
    """One fact. `actor` is null where nobody did it, or nobody knows who: time did, or somebody who could not log in.
    `before` and `after` are of the fields that changed. `request_id` is the request, or the event, that led to it."""

    id: UUID
    occurred_at: Time
    actor: ActorView | None
    action: str
    entity: EntityView
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    ip: str | None
    user_agent: str | None
    request_id: str | None
