"""Large collections of a desk with a year of history, inserted directly into MongoDB."""

import itertools
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from common import clock
from common.ids import new_id
from common.mongo import Database
from tickets.ticket.document import URGENCY

PAST = timedelta(days=365)
AGENTS = [{"id": new_id(), "name": f"Agent {number}"} for number in range(20)]
CUSTOMERS = [{"id": new_id(), "name": f"Customer {number}"} for number in range(500)]
CATEGORIES = [None, "printers", "phones", "keys", "doors"]
SYLLABLES = ["bra", "do", "fi", "ga", "li", "mo", "nu", "pe", "ra", "sto", "ti", "wu"]
COMMON, RARE = (["".join(each) for each in itertools.product(SYLLABLES, repeat=n)] for n in (2, 4))
"""Search terms: a common one is in many tickets, a rare one in few."""
BATCH = 5_000
ACTIONS = [("ticket.created", "ticket"), ("ticket.status_changed", "ticket"), ("session.started", "session")]

Document = dict[str, Any]
Make = Callable[[UUID, int, datetime, datetime, random.Random], Document]


async def insert_tickets(db: Database, organisation_id: UUID, count: int, *, after_number: int = -1) -> None:
    """Opened evenly over the last year; nearly all are answered and resolved, and the late ones are escalated. No event
    is unpublished, and no deadline is due."""
    for batch in _batches(_ticket, organisation_id, count, after_number + 1):
        await db["tickets"].insert_many(batch, ordered=False)


async def insert_audit_entries(db: Database, organisation_id: UUID, count: int) -> None:
    for batch in _batches(_audit_entry, organisation_id, count, 0):
        await db["audit"].insert_many(batch, ordered=False)


def _batches(make: Make, organisation_id: UUID, count: int, first: int) -> Iterator[list[Document]]:
    chance, end = random.Random(count), clock.now()
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        yield [make(organisation_id, first + n, end - PAST * ((count - n) / count), end, chance) for n in numbers]


def _audit_entry(
    organisation_id: UUID, number: int, occurred: datetime, end: datetime, chance: random.Random
) -> Document:
    action, entity = chance.choice(ACTIONS)
    return {
        "_id": new_id(occurred),
        "organisation_id": organisation_id,
        "occurred_at": clock.truncated(occurred),
        "actor": {**chance.choice(AGENTS), "role": "agent"},
        "action": action,
        "entity": {"type": entity, "id": new_id(occurred)},
        "after": {},
        **dict.fromkeys(("before", "ip", "user_agent", "request_id")),
    }


def _ticket(organisation_id: UUID, number: int, created: datetime, end: datetime, chance: random.Random) -> Document:
    created = clock.truncated(created)
    answered = clock.truncated(created + timedelta(seconds=chance.lognormvariate(7, 1.5)))
    resolved = clock.truncated(created + timedelta(seconds=chance.lognormvariate(10.5, 1.3)))
    priority = chance.choice(list(URGENCY))
    terms = ["printer", str(number), *chance.choices(COMMON, k=5), *chance.choices(RARE, k=5)]
    is_resolved = resolved < end and chance.random() < 0.98
    is_late = (resolved if is_resolved else end) - created > timedelta(hours=24)
    settled = "closed" if end - resolved >= timedelta(days=7) else "resolved"
    status = settled if is_resolved else chance.choice(["open", "in_progress", "pending"])
    is_waiting = status in ("open", "in_progress")
    return {
        "_id": new_id(created),
        "organisation_id": organisation_id,
        "version": 3,
        "sequence": 3,
        "number": number,
        "title": f"Printer {number}",
        "description": " ".join(terms[2:]),
        "requester": chance.choice(CUSTOMERS),
        "assignee": chance.choice([*AGENTS, None]),
        "status": status,
        "priority": priority,
        "urgency": URGENCY[priority],
        "category": chance.choice(CATEGORIES),
        "tags": [f"tag{min(int(chance.paretovariate(0.5)), 1000)}"],
        "updated_at": resolved if is_resolved else answered if answered < end else created,
        "first_response_at": answered if answered < end else None,
        "resolved_at": resolved if is_resolved else None,
        "escalated_at": created + timedelta(hours=24) if is_late else None,
        "wait": {
            "began_at": None if is_resolved else created,
            "since": created if is_waiting else None,
            "waited_ms": 0 if is_resolved or is_waiting else 60_000,
        },
        "message_count": 1,
        "search_terms": terms,
        "outbox": [],
        **dict.fromkeys(("created_at", "last_event_at", "last_message_at"), created),
        **dict.fromkeys(("follow_up_of", "closed_at", "deleted_at")),
    }
