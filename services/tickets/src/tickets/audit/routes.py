"""The audit trail over HTTP."""

from typing import Annotated

from fastapi import Query

from common.http.identity import AdminUser
from common.http.paging import Page
from common.http.routing import Router
from common.mongo import Database
from tickets.audit.queries import list_newest_first
from tickets.audit.schemas import AuditFilter, EntryView


def routes(db: Database) -> Router:
    router = Router(prefix="/audit", tags=["audit"])

    @router.get("")
    async def list_audit_entries(user: AdminUser, wanted: Annotated[AuditFilter, Query()]) -> Page[EntryView]:
        """Lists the audit entries of the organisation, newest first. Events of other services usually appear within a
        second."""
        return await list_newest_first(db, wanted, user)

    return router
