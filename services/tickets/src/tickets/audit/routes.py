"""The audit trail over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AwareDatetime

from common.http.identity import AdminUser
from common.http.paging import CursorParameter, Limit, Page
from common.http.routing import Router
from common.mongo import Database
from tickets.audit.queries import Wanted, list_newest_first
from tickets.audit.schemas import EntryView

Name = Annotated[str | None, Query(max_length=80)]
Action = Annotated[str | None, Query(max_length=80, description="E.g. `ticket.status_changed` or `login.failed`.")]
Since = Annotated[AwareDatetime | None, Query(alias="from", description="Not before this time (RFC 3339).")]
Until = Annotated[AwareDatetime | None, Query(alias="to", description="Before this time (RFC 3339).")]


def routes(db: Database) -> Router:
    """Below /api/v1."""
    router = Router(prefix="/audit", tags=["audit"])

    @router.get("")
    async def list_audit_entries(
        user: AdminUser,
        actor: UUID | None = None,
        action: Action = None,
        entity_type: Name = None,
        entity_id: UUID | None = None,
        since: Since = None,
        until: Until = None,
        limit: Limit = 20,
        cursor: CursorParameter = None,
    ) -> Page[EntryView]:
        """What happened in the organisation, newest first. An event of another service takes a moment to get here."""
        wanted = Wanted(actor, action, entity_type, entity_id, since, until)
        return await list_newest_first(db, wanted, user, limit=limit, cursor=cursor)

    return router
