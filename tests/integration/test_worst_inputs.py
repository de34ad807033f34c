"""No legal input holds an event loop for long, and what it leaves behind is bounded.

A step of a task is measured in CPU time (tests/support/loop_steps.py): a busy machine does not make it longer.
"""

import asyncio
import gc
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from common.http.paging import MAX_PAGE_CHARACTERS
from mailer.rendering.markdown import render_body
from tests.support.access_table import OPEN, ROWS, Call, routes_of
from tests.support.all_services import CALLERS, AllServices, run_all_services
from tests.support.loop_steps import LoopSteps, Step, measured_steps
from tests.support.markdown_cases import HOSTILE
from tests.support.services import Installation
from tests.support.smtp import recording_smtp
from tests.support.worst_inputs import PLAIN, WORST, Raw, junk, worst_calls

pytestmark = pytest.mark.asyncio(loop_scope="module")

MAX_STEP_MILLISECONDS = 50
MAX_RENDERING_MILLISECONDS = 100
"""mailer renders in a thread of its own. 29 ms on a core at rest, 52 ms beside a second run of these tests."""
MAX_RESPONSE_BYTES = 4 * MAX_PAGE_CHARACTERS + 200_000
"""Up to 4 bytes each, and the names of the fields."""
MAX_DOCUMENT_BYTES = 1_000_000
MAX_MAIL_BYTES = 600_000
"""20 000 characters of up to 12 bytes in quoted-printable, as text and as HTML, and the layout around them."""
PIECE_BYTES = 65_536
ATTEMPTS = 3
"""A call that was slow once may have been the first one of its route, which compiles."""

longest: list[Step] = []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def steps() -> AsyncIterator[LoopSteps]:
    async with measured_steps() as steps:
        yield steps
    sys.stdout.write("\n".join(["", "The longest steps:", *map(str, sorted(longest, reverse=True)[:10]), ""]))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(steps: LoopSteps, shared_installation: Installation) -> AsyncIterator[AllServices]:
    async with recording_smtp() as smtp, run_all_services(shared_installation, smtp) as running:
        yield running


async def test_every_route_has_a_worst_input(running: AllServices) -> None:
    routes = set(routes_of(running))
    assert routes <= set(WORST) | PLAIN, (
        f"{routes - set(WORST) - PLAIN} has no worst input: add to WORST in tests/support/worst_inputs.py the largest "
        "legal body and query of the route, or its name to PLAIN if it takes nothing but ids."
    )
    assert set(WORST) | PLAIN <= routes, f"{(set(WORST) | PLAIN) - routes} is no route any more: delete its row."


@pytest.mark.soak
@pytest.mark.parametrize("operation", sorted([*ROWS, *OPEN]))
async def test_no_input_of_a_route_holds_the_event_loop(running: AllServices, steps: LoopSteps, operation: str) -> None:
    too_long = await steps_of(running, steps, operation)
    for _ in range(ATTEMPTS - 1):
        if not too_long:
            break
        labels = {step.during for step in await steps_of(running, steps, operation)}
        too_long = [step for step in too_long if step.during in labels]

    longest.extend(too_long)
    assert not too_long, "\n".join(["held the event loop:", *map(str, too_long)])


async def steps_of(running: AllServices, steps: LoopSteps, operation: str) -> list[Step]:
    """Makes every call and lets its events be handled. Returns the steps that were too long."""
    has_body = "requestBody" in operation_of(running, operation)
    await running.renew_proofs()
    calls = await worst_calls(running, operation)
    await running.settle()
    steps.take()
    found: list[Step] = []
    gc.disable()  # the heap of a test session is larger than that of a service
    try:
        variants = [("worst", call) for call in calls] + [("junk", call) for call in junk(calls[0], has_body=has_body)]
        for number, (name, call) in enumerate(variants):
            steps.during = f"{operation} {name} {number}"
            answer = await send(running, operation, call)
            assert answer.status_code < 500, f"{steps.during}: {answer.text[:500]}"
            assert len(answer.content) <= MAX_RESPONSE_BYTES, f"{steps.during}: {len(answer.content)} bytes"
            if name == "worst":
                await running.settle()
                gc.collect()
            found += steps.take()
    finally:
        gc.enable()
    longest.extend(found[:10])
    return [step for step in found if step.milliseconds > MAX_STEP_MILLISECONDS]


async def send(running: AllServices, operation: str, call: Call) -> httpx.Response:
    """The request is built first: encoding it is work of the client."""
    route = routes_of(running)[operation]
    http = running.services[route.service].http
    headers = {**call.headers, **authorization(running, operation, call)}
    content: dict[str, Any] = {"json": call.body, "files": call.files}
    if isinstance(call.body, Raw):
        content = {"content": call.body.content}
        headers["Content-Type"] = call.body.content_type
    request = http.build_request(
        route.method, route.path.format(**call.path), headers=headers, params=call.query, **content
    )
    body = await request.aread()
    request.stream = Pieces(body)
    return await asyncio.create_task(http.send(request))


class Pieces(httpx.AsyncByteStream):
    """A body as a server receives it: piece by piece."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self._body), PIECE_BYTES):
            yield self._body[start : start + PIECE_BYTES]


def authorization(running: AllServices, operation: str, call: Call) -> dict[str, str]:
    """Of the first caller who may use the route."""
    if operation in OPEN:
        return {}
    statuses, _ = ROWS[operation]
    caller = next(who for who, status in zip(CALLERS, statuses, strict=True) if status < 300)
    return (call.by or running.people[caller]).headers


def operation_of(running: AllServices, operation: str) -> dict[str, Any]:
    route = routes_of(running)[operation]
    documented: dict[str, Any] = running.services[route.service].app.openapi()["paths"][route.path]
    found: dict[str, Any] = documented[route.method.lower()]
    return found


@pytest.mark.parametrize("name", HOSTILE)
async def test_no_mail_takes_long_to_render(name: str) -> None:
    def rendering() -> float:
        began = time.thread_time()
        render_body.__wrapped__(HOSTILE[name])
        return (time.thread_time() - began) * 1_000

    assert min(rendering() for _ in range(ATTEMPTS)) <= MAX_RENDERING_MILLISECONDS


async def test_what_is_stored_and_sent_is_bounded(running: AllServices) -> None:
    await running.settle()
    for service in running.services.values():
        for name in await service.db.list_collection_names(filter={"name": {"$not": {"$regex": "^system"}}}):
            sizes: list[dict[str, Any]] = [{"$project": {"size": {"$bsonSize": "$$ROOT"}}}, {"$sort": {"size": -1}}]
            largest = await service.db[name].aggregate([*sizes, {"$limit": 1}])
            async for found in largest:
                assert found["size"] <= MAX_DOCUMENT_BYTES, f"{service.service.name} {name} {found}"
    assert max(len(mail.as_bytes()) for mail in running.smtp.messages) <= MAX_MAIL_BYTES
