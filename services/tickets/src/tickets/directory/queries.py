"""Queries of the directory."""

import re
from typing import Any
from uuid import UUID

from pymongo import ASCENDING, IndexModel

from common.cursors import Order
from common.events import STAFF_ROLES
from common.http.paging import Page, find_page
from common.mongo import Database
from common.principal import Principal
from tickets import people
from tickets.directory.schemas import DirectoryPersonView

_BY_NAME: Order = [("name_key", str, 1), ("_id", UUID, 1)]
_ALL = ["customer", "agent", "admin"]

INDEXES = [
    IndexModel([("organisation_id", ASCENDING), ("active", ASCENDING), ("name_key", ASCENDING), ("_id", ASCENDING)])
]
"""Of the collection `people`."""


async def list_by_name(
    db: Database, user: Principal, *, text: str | None, staff: bool, limit: int, cursor: str | None
) -> Page[DirectoryPersonView]:
    """One page of the active people of the organisation. `text` is a prefix of a name or of a part of one."""
    query: dict[str, Any] = {
        "organisation_id": user.organisation_id,
        "active": True,
        "role": {"$in": sorted(STAFF_ROLES) if staff else _ALL},
    }
    if text:
        query["name_key"] = {"$regex": rf"(^|\s){re.escape(text.casefold())}"}
    return await find_page(
        db[people.COLLECTION], query, DirectoryPersonView, order=_BY_NAME, limit=limit, cursor=cursor
    )
