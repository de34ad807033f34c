"""Demo people and tickets of the local stack. They exist nowhere else, so their passwords can be in the open."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from stack.errors import StepFailed


@dataclass(frozen=True)
class Person:
    name: str
    role: str
    email: str
    password: str


ADMIN = Person("Ada Moreno", "admin", "admin@helpdesk.example", "demo-admin-2026")
ROBIN = Person("Robin Weiss", "agent", "robin@helpdesk.example", "demo-robin-2026")
SASHA = Person("Sasha Okafor", "agent", "sasha@helpdesk.example", "demo-sasha-2026")
CASEY = Person("Casey Lindgren", "customer", "casey@helpdesk.example", "demo-casey-2026")
JORDAN = Person("Jordan Alvarez", "customer", "jordan@helpdesk.example", "demo-jordan-2026")

PEOPLE = (ADMIN, ROBIN, SASHA, CASEY, JORDAN)


@dataclass(frozen=True)
class DemoTicket:
    by: Person
    title: str
    description: str
    priority: str = "normal"
    replies: Sequence[tuple[Person, str]] = field(default_factory=list)
    status: str | None = None
    """Set by an agent in the end."""


TICKETS = (
    DemoTicket(
        CASEY,
        "Invoice for October shows the old address",
        "We moved on 1 October and changed the address in the portal the same day, but the invoice of "
        "31 October still shows the old one. Our accounting cannot book it like this. Could you reissue it?",
        replies=[
            (ROBIN, "Thank you for telling us. I have asked billing to reissue it; you will have it today."),
            (CASEY, "It has arrived and it is correct now. Thanks for the quick help!"),
        ],
        status="resolved",
    ),
    DemoTicket(
        CASEY,
        "Cannot sign in on the new phone",
        "Since I changed phones the app says **Session expired** right after I enter my password. The browser on the "
        "same phone works.",
        priority="high",
        replies=[(ROBIN, "Which version of the app is it? You find it under *Settings*, at the very bottom.")],
        status="pending",
    ),
    DemoTicket(
        JORDAN,
        "Export stops after 10 000 rows",
        "The CSV export of our orders always ends at row 10 000, without any message. We need all 14 312 of them for "
        "the audit on Friday.",
        priority="urgent",
        replies=[(ROBIN, "I can reproduce this and have passed it to the developers. I will report back tomorrow.")],
        status="in_progress",
    ),
    DemoTicket(
        JORDAN,
        "How do I add a colleague to our account?",
        "A new colleague starts on Monday and should be able to see our orders. Where do I invite her?",
        priority="low",
    ),
)

_NOT_YET = {401, 403, 404, 429, 500, 502, 503, 504}
"""Answers of a stack that has just started: facts are still travelling from one service to another."""

_PATIENCE = 30.0
_BETWEEN_TRIES = 0.5


def people_as_json() -> str:
    """What `auth import-users` reads."""
    return json.dumps([vars(person) for person in PEOPLE])


async def make_tickets(url: str) -> None:
    """Write the demo tickets through the front door. Each step is repeatable: a second time makes nothing twice."""
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=10, trust_env=False) as client:
        writers = {ticket.by for ticket in TICKETS} | {by for ticket in TICKETS for by, _ in ticket.replies}
        tokens = {person: await _log_in(client, person) for person in sorted(writers, key=lambda each: each.email)}
        for number, ticket in enumerate(TICKETS, 1):
            await _make(client, tokens, ticket, key=f"demo-ticket-{number}")


async def _make(client: httpx.AsyncClient, tokens: dict[Person, str], ticket: DemoTicket, *, key: str) -> None:
    body = {"title": ticket.title, "description": ticket.description, "priority": ticket.priority}
    made = await _send(client, "POST", "/tickets", body, token=tokens[ticket.by], key=key)
    for number, (person, text) in enumerate(ticket.replies, 1):
        reply = {"body": text, "visibility": "public"}
        path = f"/tickets/{made['id']}/messages"
        await _send(client, "POST", path, reply, token=tokens[person], key=f"{key}-reply-{number}")
    if ticket.status:
        await _send(client, "PATCH", f"/tickets/{made['id']}", {"status": ticket.status}, token=tokens[ROBIN])


async def _log_in(client: httpx.AsyncClient, person: Person) -> str:
    body = {"email": person.email, "password": person.password}
    answer = await _send(client, "POST", "/auth/login", body)
    if "access_token" not in answer:
        raise StepFailed(f"{person.email} could not sign in with the demo password")
    token: str = answer["access_token"]
    return token


async def _send(
    client: httpx.AsyncClient, method: str, path: str, body: dict[str, str], *, token: str = "", key: str = ""
) -> dict[str, Any]:
    headers = ({"Authorization": f"Bearer {token}"} if token else {}) | ({"Idempotency-Key": key} if key else {})
    said = "nothing"
    try:
        async with asyncio.timeout(_PATIENCE):
            while True:
                try:
                    answer = await client.request(method, path, json=body, headers=headers)
                except httpx.TransportError as error:
                    said = str(error)
                else:
                    if answer.is_success:
                        made: dict[str, Any] = answer.json()
                        return made
                    said = f"{answer.status_code} {answer.text[:200]}"
                    # A wrong password stays wrong, and asking again would use up the limit of log-ins.
                    if answer.status_code not in _NOT_YET or (
                        answer.status_code == httpx.codes.UNAUTHORIZED and not token
                    ):
                        break
                await asyncio.sleep(_BETWEEN_TRIES)
    except TimeoutError:
        pass
    raise StepFailed(f"{method} {path} answered {said}")
