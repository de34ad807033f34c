"""Queries of the audit trail."""

from common.http.paging import ID_DESCENDING, Page, find_page
from common.mongo import Database
from common.principal import Principal
from tickets.audit.schemas import AuditFilter, EntryView
from tickets.audit.trail import COLLECTION


async def list_newest_first(db: Database, wanted: AuditFilter, user: Principal) -> Page[EntryView]:
    """One page of the caller's organisation."""
    query = {"$and": [{"organisation_id": user.organisation_id}, *wanted.clauses()]}
    return await find_page(db[COLLECTION], query, EntryView, ID_DESCENDING, wanted)
