"""The query plans that MongoDB chose within a block, recorded by its profiler."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from common.mongo import Database

READS = ["command", "getmore", "query"]


@dataclass(frozen=True)
class Plan:
    """One query. `by` is e.g. `IXSCAN { organisation_id: 1 }`; `keys` and `documents` count what was examined."""

    collection: str
    by: str
    keys: int
    documents: int
    returned: int
    command: dict[str, Any]


class Plans(list[Plan]):
    """Those of a block, in order, once it has ended."""

    def of(self, collection: str) -> list[Plan]:
        """The queries of one collection, of which there must be some."""
        found = [plan for plan in self if plan.collection == collection]
        assert found, f"no query of {collection}"
        return found


@asynccontextmanager
async def planned(db: Database) -> AsyncIterator[Plans]:
    """Profiles the block. No other client may use the database meanwhile."""
    plans = Plans()
    await db.command("profile", 2)
    try:
        yield plans
    finally:
        await db.command("profile", 0)
        async for found in db["system.profile"].find({"op": {"$in": READS}, "planSummary": {"$exists": True}}):
            keys, documents, returned = (found.get(name, 0) for name in ("keysExamined", "docsExamined", "nreturned"))
            collection, by = found["ns"].partition(".")[2], found["planSummary"]
            plans.append(Plan(collection, by, keys, documents, returned, found["command"]))
        await db.drop_collection("system.profile")
