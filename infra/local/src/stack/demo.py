"""Creates the demo people and tickets of the local stack."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx

from stack.demo_people import ADMIN, CHARLIE, LEE, MIKA, PEOPLE, ROBIN, Addressee, Person
from stack.demo_tickets import TICKETS, DemoTicket
from stack.errors import StepFailed

_NOT_YET = {401, 403, 404, 422, 429, 500, 502, 503, 504}
"""Statuses of a stack that has just started: events are still on their way between services. 422: tickets does not know
a person yet."""

_TIMEOUT_SECONDS = 30.0
_RETRY_SECONDS = 0.5


def people_as_json() -> str:
    """What `auth import-users` reads."""
    return json.dumps([vars(person) for person in PEOPLE])


async def make_demo_data(url: str) -> None:
    """Creates a sign-up, a contact, an invitation and the tickets through the API at `url`. Idempotent."""
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=10, trust_env=False) as client:
        await _sign_up(client, MIKA)
        writers = {ticket.by for ticket in TICKETS} | {said.by for ticket in TICKETS for said in ticket.messages}
        writers |= {ticket.assignee for ticket in TICKETS if ticket.assignee}
        logged_in = [
            (person, await _log_in(client, person)) for person in sorted({ADMIN, *writers}, key=lambda each: each.email)
        ]
        tokens = {person: answer["access_token"] for person, answer in logged_in}
        ids: dict[Person | Addressee, str] = {person: answer["user"]["id"] for person, answer in logged_in}
        contact = await _send(client, "POST", "/users/contacts", vars(LEE), token=tokens[ROBIN], key="demo-contact")
        ids[LEE] = contact["id"]
        invitation = {**vars(CHARLIE), "role": "agent"}
        await _send(client, "POST", "/users/invitations", invitation, token=tokens[ADMIN], key="demo-invitation")
        for number, ticket in enumerate(TICKETS, 1):
            await _make(client, tokens, ids, ticket, key=f"demo-ticket-{number}")


async def _make(
    client: httpx.AsyncClient,
    tokens: dict[Person, str],
    ids: dict[Person | Addressee, str],
    ticket: DemoTicket,
    *,
    key: str,
) -> None:
    body = {"title": ticket.title, "description": ticket.description, "priority": ticket.priority}
    if ticket.requester:
        body["requester_id"] = ids[ticket.requester]
    made = await _send(client, "POST", "/tickets", body, token=tokens[ticket.by], key=key)
    path = f"/tickets/{made['id']}"
    if ticket.triage:
        await _send(client, "PATCH", path, ticket.triage, token=tokens[ROBIN])
    if ticket.assignee:
        to = {"user_id": ids[ticket.assignee]}
        await _send(client, "PUT", f"{path}/assignee", to, token=tokens[ticket.assignee])
    for number, said in enumerate(ticket.messages, 1):
        message = {"body": said.body, "visibility": said.visibility}
        await _send(client, "POST", f"{path}/messages", message, token=tokens[said.by], key=f"{key}-reply-{number}")
    if ticket.status:
        await _send(client, "PATCH", path, {"status": ticket.status}, token=tokens[ROBIN])


async def _sign_up(client: httpx.AsyncClient, person: Person) -> None:
    body = {"name": person.name, "email": person.email, "password": person.password}
    await _send(client, "POST", "/auth/signup", body, key="demo-sign-up", may_exist=True)


async def _log_in(client: httpx.AsyncClient, person: Person) -> dict[str, Any]:
    answer = await _send(client, "POST", "/auth/login", {"email": person.email, "password": person.password})
    if "access_token" not in answer:
        raise StepFailed(f"{person.email} could not log in with the demo password")
    return answer


async def _send(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    body: Mapping[str, Any],
    *,
    token: str = "",
    key: str = "",
    may_exist: bool = False,
) -> dict[str, Any]:
    headers = ({"Authorization": f"Bearer {token}"} if token else {}) | ({"Idempotency-Key": key} if key else {})
    outcome = "nothing"
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            while True:
                try:
                    answer = await client.request(method, path, json=body, headers=headers)
                except httpx.TransportError as error:
                    outcome = str(error)
                else:
                    if answer.is_success or (may_exist and answer.status_code == httpx.codes.CONFLICT):
                        made: dict[str, Any] = answer.json()
                        return made
                    outcome = f"{answer.status_code} {answer.text[:200]}"
                    # Retrying a wrong password would only use up the rate limit of logins.
                    if answer.status_code not in _NOT_YET or (
                        answer.status_code == httpx.codes.UNAUTHORIZED and not token
                    ):
                        break
                await asyncio.sleep(_RETRY_SECONDS)
    except TimeoutError:
        pass
    raise StepFailed(f"{method} {path} answered {outcome}")
