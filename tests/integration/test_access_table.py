"""Every route of every service, with every caller, and with a customer who may not see an internal note."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from common.ids import new_id
from tests.support.access_table import CALLS, OPEN, ROWS, answered, routes_of
from tests.support.all_services import CALLERS, AllServices, CallerName, run_all_services
from tests.support.mailer_fixture import part
from tests.support.services import Installation
from tests.support.smtp import recording_smtp

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKER = "xyzzy"
ANSWER = "We are on it."
WITHOUT_BODY = {"refresh", "jwks", "confirm_unsubscribe", "unsubscribe"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(shared_installation: Installation) -> AsyncIterator[AllServices]:
    async with recording_smtp() as smtp, run_all_services(shared_installation, smtp) as running:
        yield running


async def test_every_route_is_in_the_table(running: AllServices) -> None:
    routes = set(routes_of(running))
    assert routes <= set(CALLS), (
        f"{routes - set(CALLS)} is in no row of tests/support/access_table.py: decide who may call it, and add a row "
        "to ROWS with the status of each caller, or to OPEN if it needs no token."
    )
    assert set(CALLS) <= routes, f"{set(CALLS) - routes} is no route any more: delete its row."


@pytest.mark.parametrize("operation", ROWS)
async def test_a_route_answers_every_caller_as_the_table_says(running: AllServices, operation: str) -> None:
    (statuses, make_call), route = ROWS[operation], routes_of(running)[operation]
    await running.renew_proofs()
    expected: dict[str, int] = dict.fromkeys(running.rejected, 401) | dict(zip(CALLERS, statuses, strict=True))

    seen: dict[str, int] = {}
    # A rejected token changes nothing, so the customer's call, the first of the others, can still be made after them.
    call = await make_call(running, "customer")
    for who, token in running.rejected.items():
        answer = await answered(running, route, call, token)
        seen[who] = answer.status_code
        assert answer.headers.get("WWW-Authenticate", "").startswith("Bearer"), who
    for caller in CALLERS:
        if caller != "customer":
            call = await make_call(running, caller)
        token = (call.by or running.people[caller]).access_token
        seen[caller] = (await answered(running, route, call, token)).status_code

    assert seen == expected


@pytest.mark.parametrize("operation", OPEN)
async def test_an_open_route_ignores_tokens(running: AllServices, operation: str) -> None:
    (status, make_call), route = OPEN[operation], routes_of(running)[operation]
    tokens = running.rejected | {who: person.access_token for who, person in running.people.items()}

    seen = {
        who: (await answered(running, route, await make_call(running, "customer"), token)).status_code
        for who, token in tokens.items()
    }

    assert seen == dict.fromkeys(tokens, status)


@pytest.mark.parametrize("operation", [operation for operation in OPEN if operation not in WITHOUT_BODY])
async def test_an_open_route_takes_its_body_as_json_alone(running: AllServices, operation: str) -> None:
    (status, make_call), route = OPEN[operation], routes_of(running)[operation]
    call, http = await make_call(running, "customer"), running.services[route.service].http
    content = json.dumps(call.body)

    # A page of another origin can send all of these without asking the service first (Fetch standard, section 2.2.2).
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None):
        headers = {} if media_type is None else {"Content-Type": media_type}
        answer = await http.request(route.method, route.path, content=content, headers=headers)
        assert answer.status_code == 422, (media_type, answer.text)

    assert (await answered(running, route, call, None)).status_code == status


@pytest.mark.parametrize("operation", [operation for operation, (statuses, _) in ROWS.items() if 404 in statuses])
async def test_a_resource_of_others_is_answered_as_one_that_does_not_exist(
    running: AllServices, operation: str
) -> None:
    (statuses, make_call), route = ROWS[operation], routes_of(running)[operation]
    real = await make_call(running, "customer")
    [name] = [name for name in real.path if name != "ticket_id"] or ["ticket_id"]
    for who, status in zip(CALLERS, statuses, strict=True):
        if status != 404:
            continue
        answers = []
        for id_ in (real.path[name], "999999" if name == "sequence" else str(new_id())):
            call = replace(real, path={**real.path, name: id_})
            answer = await answered(running, route, call, running.people[who].access_token)
            answers.append(distinguishing(answer, id_))
        assert answers[0] == answers[1], who


def distinguishing(answer: httpx.Response, id_: str) -> tuple[int, dict[str, Any], set[str]]:
    """All of a response that could tell two resources apart, except the id of the request."""
    body = {**answer.json(), "request_id": "any"}
    for name in ("detail", "instance"):
        body[name] = body[name].replace(id_, "<id>")
    return answer.status_code, body, set(answer.headers)


async def note(running: AllServices) -> dict[str, str]:
    """An internal note with an attachment on a ticket with every other kind of change: its path parameters."""
    desk, admin = running.desk, running.people["admin"]
    ticket = await desk.ticket()
    file = await desk.uploaded(desk.agent, ticket, MARKER.encode(), f"{MARKER}.txt")
    text = f"{MARKER} @[{admin.name}]({admin.id})"
    message = await desk.wrote(desk.agent, ticket, text, visibility="internal", attachment_ids=[file["id"]])
    await desk.wrote(desk.agent, ticket, ANSWER)
    await desk.assigned(admin, ticket, desk.agent)
    await desk.change_status(desk.agent, ticket, "pending", "resolved")
    return {"ticket_id": ticket["id"], "message_id": message["id"], "attachment_id": file["id"]}


async def test_no_route_stream_or_mail_shows_a_customer_an_internal_note(running: AllServices) -> None:
    where = await note(running)
    await running.settle()
    routes = routes_of(running)

    async def response_to(who: CallerName, operation: str) -> str:
        call = await CALLS[operation](running, "customer")
        path = {**call.path, **{name: id_ for name, id_ in where.items() if name in call.path}}
        token = (call.by or running.people[who]).access_token
        headers = {"Last-Event-ID": "0"} if operation == "stream" else call.headers
        answer = await answered(running, routes[operation], replace(call, path=path, headers=headers), token)
        assert answer.status_code not in (401, 422, 429), answer.text
        assert answer.status_code < 500, answer.text
        return f"{answer.headers} {answer.text}"

    assert MARKER in await response_to("agent", "list_messages")
    assert MARKER in await response_to("agent", "download_attachment")
    assert ANSWER in await response_to("customer", "list_messages")
    assert "event: notification" in await response_to("customer", "stream")
    for operation in CALLS:
        assert MARKER not in await response_to("customer", operation), operation

    await running.settle()
    to_customer = running.smtp.to(running.desk.customer.email)
    assert len(to_customer) >= 2
    for mail in to_customer:
        assert MARKER not in mail.as_string() + part(mail, "plain") + part(mail, "html")
    to_mentioned = running.smtp.to(running.people["admin"].email)
    assert any(MARKER in part(mail, "plain") for mail in to_mentioned)
