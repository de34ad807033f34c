"""Derives again how long tickets have waited, from the event log."""

from typing import Any

from common.events import Envelope, parse
from common.mongo import Database
from common.outbox import EventLog, EventSelection
from tickets.domain import workflow
from tickets.domain.waiting_time import fold
from tickets.ticket.document import Ticket


async def rebuild_waits(db: Database) -> int:
    """Stores the wait of every unresolved ticket, folded over all its events. Returns the number of tickets that were
    changed. A ticket that is changed meanwhile keeps the wait that the change stored."""
    tickets = db[Ticket.Settings.name]
    unresolved = {"status": {"$in": sorted(workflow.UNRESOLVED)}}
    changed = 0
    async for found in tickets.find(unresolved, ["sequence", "outbox"]):
        logged = [each async for each in EventLog(db).read(EventSelection(aggregate_id=found["_id"]))]
        events = {each.sequence: each for each in (*logged, *map(Envelope.model_validate, found["outbox"]))}
        if sorted(events) != list(range(1, found["sequence"] + 1)):
            continue
        wait: dict[str, Any] = fold((parse(events[n]), events[n].time) for n in sorted(events)).model_dump()
        unchanged = {"_id": found["_id"], "sequence": found["sequence"]}
        result = await tickets.update_one(unchanged, {"$set": {"wait": wait}})
        changed += result.modified_count
    return changed
