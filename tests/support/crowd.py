"""A desk with a long past: very many tickets and facts, written straight into the database."""

import itertools
import random
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
COMMON = ["".join(each) for each in itertools.product(SYLLABLES, repeat=2)]
RARE = ["".join(each) for each in itertools.product(SYLLABLES, repeat=4)]
"""Words: some are said all the time, most hardly ever."""
BATCH = 5_000


async def crowd(db: Database, organisation_id: UUID, count: int, *, after_number: int = -1) -> None:
    """So many tickets, opened evenly over the last year; nearly all of them were answered and resolved, and those that
    were not in time were escalated. Nothing waits to be told, and nothing is due."""
    chance = random.Random(count)
    end = clock.now()
    for first in range(0, count, BATCH):
        tickets = [
            _ticket(organisation_id, after_number + 1 + n, end - PAST * ((count - n) / count), end, chance)
            for n in range(first, min(first + BATCH, count))
        ]
        await db["tickets"].insert_many(tickets, ordered=False)


ACTIONS = [("ticket.created", "ticket"), ("ticket.status_changed", "ticket"), ("session.started", "session")]


async def crowd_of_facts(db: Database, organisation_id: UUID, count: int) -> None:
    """So many entries of the audit trail, over the last year."""
    chance = random.Random(count)
    end = clock.now()
    for first in range(0, count, BATCH):
        numbers = range(first, min(first + BATCH, count))
        entries = [_entry(organisation_id, end - PAST * ((count - n) / count), chance) for n in numbers]
        await db["audit"].insert_many(entries, ordered=False)


def _entry(organisation_id: UUID, at: datetime, chance: random.Random) -> dict[str, Any]:
    action, entity = chance.choice(ACTIONS)
    return {
        "_id": new_id(at),
        "organisation_id": organisation_id,
        "occurred_at": clock.truncated(at),
        "actor": {**chance.choice(AGENTS), "role": "agent"},
        "action": action,
        "entity": {"type": entity, "id": new_id(at)},
        "before": None,
        "after": {},
        "ip": None,
        "user_agent": None,
        "request_id": None,
    }


def _ticket(
    organisation_id: UUID, number: int, created: datetime, end: datetime, chance: random.Random
) -> dict[str, Any]:
    created = clock.truncated(created)
    answered = clock.truncated(created + timedelta(seconds=chance.lognormvariate(7, 1.5)))
    resolved = clock.truncated(created + timedelta(seconds=chance.lognormvariate(10.5, 1.3)))
    priority = chance.choice(list(URGENCY))
    words = ["printer", str(number), *chance.choices(COMMON, k=5), *chance.choices(RARE, k=5)]
    is_resolved = resolved < end and chance.random() < 0.98
    overdue = (resolved if is_resolved else end) - created > timedelta(hours=24)
    return {
        "_id": new_id(created),
        "organisation_id": organisation_id,
        "version": 3,
        "sequence": 3,
        "last_event_at": created,
        "number": number,
        "title": f"Printer {number}",
        "description": " ".join(words[2:]),
        "requester": chance.choice(CUSTOMERS),
        "assignee": chance.choice([*AGENTS, None]),
        "status": _status(is_resolved, end - resolved, chance),
        "priority": priority,
        "urgency": URGENCY[priority],
        "category": chance.choice(CATEGORIES),
        "tags": [f"tag{min(int(chance.paretovariate(0.5)), 1000)}"],
        "follow_up_of": None,
        "created_at": created,
        "updated_at": resolved if is_resolved else answered if answered < end else created,
        "first_response_at": answered if answered < end else None,
        "resolved_at": resolved if is_resolved else None,
        "closed_at": None,
        "escalated_at": created + timedelta(hours=24) if overdue else None,
        "deleted_at": None,
        "message_count": 1,
        "last_message_at": created,
        "search_terms": words,
        "outbox": [],
    }


def _status(is_resolved: bool, ago: timedelta, chance: random.Random) -> str:
    if not is_resolved:
        return chance.choice(["open", "in_progress", "pending"])
    return "closed" if ago >= timedelta(days=7) else "resolved"
