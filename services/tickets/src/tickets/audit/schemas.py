"""The query parameters and response bodies of the audit trail."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.events import Role
from common.http.paging import PageParameters
from common.http.schemas import Time, View
from common.ids import lowest_id
from common.times import UtcTime
from tickets.domain.query_filters import Condition, QueryFilter

Name = Annotated[str, Field(max_length=80)]


class AuditFilter(QueryFilter, PageParameters):
    """Times are compared through the ids of entries, which are UUIDv7."""

    model_config = ConfigDict(validate_by_name=True)

    actor: Annotated[UUID | None, Condition("actor.id")] = None
    action: Annotated[
        Name | None, Condition("action"), Field(description="E.g. `ticket.status_changed` or `login.failed`.")
    ] = None
    entity_type: Annotated[Name | None, Condition("entity.type")] = None
    entity_id: Annotated[UUID | None, Condition("entity.id")] = None
    since: Annotated[
        UtcTime | None,
        Condition("_id", "$gte", lowest_id),
        Field(alias="from", description="Not before this time (RFC 3339)."),
    ] = None
    until: Annotated[
        UtcTime | None,
        Condition("_id", "$lt", lowest_id),
        Field(alias="to", description="Before this time (RFC 3339)."),
    ] = None


class ActorView(BaseModel):
    """The actor, with the name and role of that time."""

    id: UUID
    name: str
    role: Role


class EntityView(BaseModel):
    """The entity concerned."""

    type: str
    id: UUID


class EntryView(View):
    """One event. `actor` is null when a deadline caused it or the actor is unknown, as for a failed login. `before` and
    `after` hold the changed fields. `request_id` is the request or event that caused it."""

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
