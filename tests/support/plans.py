"""What MongoDB did to answer the queries of a block, told by its own profiler: real queries, real plans."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from common.mongo import Database

READS = {"query", "getmore", "command"}


@dataclass(frozen=True)
class Plan:
    """One query. `by` is e.g. `IXSCAN { organisation_id: 1 }`; `keys` and `documents` is what was looked at."""

    collection: str
    by: str
    keys: int
    documents: int
    returned: int
    asked: dict[str, Any]


@dataclass
class Plans:
    """Those of a block, in order, once it has ended."""

    seen: list[Plan] = field(default_factory=list)

    def of(self, collection: str) -> list[Plan]:
        """The queries of one collection, of which there must be some."""
        found = [plan for plan in self.seen if plan.collection == collection]
        assert found, f"nothing was asked of {collection}"
        return found


@asynccontextmanager
async def planned(db: Database) -> AsyncIterator[Plans]:
    """Watches the block. Nobody else should use the database meanwhile."""
    plans = Plans()
    await db.command("profile", 2)
    try:
        yield plans
    finally:
        await db.command("profile", 0)
        async for found in db["system.profile"].find({"op": {"$in": sorted(READS)}, "planSummary": {"$exists": True}}):
            plans.seen.append(_plan(found))
        await db.drop_collection("system.profile")


def _plan(found: dict[str, Any]) -> Plan:
    return Plan(
        collection=found["ns"].partition(".")[2],
        by=found["planSummary"],
        keys=found.get("keysExamined", 0),
        documents=found.get("docsExamined", 0),
        returned=found.get("nreturned", 0),
        asked=found["command"],
    )
