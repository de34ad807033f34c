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
from tickets.directory.schemas import DirectoryFilter, DirectoryPersonView

_BY_NAME: Order = [("name_key", str, 1), ("_id", UUID, 1)]
_ALL = ["customer", "agent", "admin"]

INDEXES = [
    IndexModel([("organisation_id", ASCENDING), ("active", ASCENDING), ("name_key", ASCENDING), ("_id", ASCENDING)])
]
"""Of the collection `people`."""


async def list_by_name(db: Database, user: Principal, wanted: DirectoryFilter) -> Page[DirectoryPersonView]:
    """One page of the active people of the organisation."""
    query: dict[str, Any] = {
        "organisation_id": user.organisation_id,
        "active": True,
        "role": {"$in": sorted(STAFF_ROLES) if wanted.staff else _ALL},
    }
    if wanted.text:
        text = re.escape(wanted.text.casefold())
        query["$or"] = [
            {"folded_name": {"$regex": rf"(^|\s){text}"}},
            {"email": {"$regex": f"^{text}", "$options": "i"}},
        ]
    return await find_page(db[people.COLLECTION], query, DirectoryPersonView, _BY_NAME, wanted)
