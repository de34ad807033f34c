"""What the services say of their HTTP API is true: the documents are valid and complete, and no request, however odd,
is answered in a way they do not say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from common.lifecycle import ServiceRunner
from tests.support.desk import Desk, open_desk
from tests.support.eventually import eventually
from tests.support.people import Person, another_organisation, log_in, make_admin, make_operator
from tests.support.property_testing import for_all
from tests.support.servers import Servers
from tests.support.services import Installation, RunningService, build

SERVICES = ("auth", "tickets", "notifications", "mailer")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 20
PARTS = {"method", "url", "headers", "files", "data", "params", "cookies", "json"}
OWN_SETTINGS: dict[str, dict[str, Any]] = {"notifications": {"stream_seconds": 0.01}}
"""A stream that goes on is an answer all the same, once it has ended."""
ANYWHERE = Servers("mongodb://localhost:1/?replicaSet=none", "nats://localhost:1")
"""No server is asked for a document."""


AnyCase: TypeAlias = "Case[Any]"
Operation: TypeAlias = "APIOperation[Any, Any, Any, Any]"


async def document_of(service: str) -> dict[str, Any]:
    """Its OpenAPI document, as anybody gets it."""
    built = build(service, Installation(ANYWHERE, 0, "none").settings(service))
    document = ServiceRunner(built, "api").app.openapi()
    await built.client.close()
    return document


async def operations_of(service: str) -> list[tuple[str, dict[str, Any]]]:
    """All its calls, by method and path."""
    paths = (await document_of(service))["paths"]
    return [(f"{method} {path}", call) for path, calls in paths.items() for method, call in calls.items()]


@pytest.mark.parametrize("service", SERVICES)
async def test_a_services_document_is_valid(service: str) -> None:
    document = await document_of(service)

    schemathesis.openapi.from_dict(document).validate()
    assert document["info"]["title"] == f"Helpdesk {service}"
    assert all(path.startswith("/api/v1/") for path in document["paths"])


@pytest.mark.parametrize("service", SERVICES)
async def test_every_call_is_described_and_says_which_problems_it_may_answer(service: str) -> None:
    for name, call in await operations_of(service):
        assert call["summary"], name
        assert call["description"], name
        for status in ("400", "401", "403", "404", "409", "412", "413", "422", "429", "503"):
            problem = call["responses"][status]["content"]
            assert problem == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}, name
        for parameter in call.get("parameters", []):
            assert parameter["schema"], name


async def test_every_call_but_those_that_log_in_says_that_it_wants_a_token() -> None:
    open_calls = {
        name for service in SERVICES for name, call in await operations_of(service) if not call.get("security")
    }

    assert open_calls == {
        "post /api/v1/auth/signup",
        "post /api/v1/auth/login",
        "post /api/v1/auth/login/mfa",
        "post /api/v1/auth/refresh",
        "post /api/v1/auth/forgot-password",
        "post /api/v1/auth/reset-password",
        "post /api/v1/auth/verify-email",
        "post /api/v1/auth/accept-invitation",
        "get /api/v1/auth/jwks",
        "get /api/v1/notifications/unsubscribe",
        "post /api/v1/notifications/unsubscribe",
    }


async def test_no_two_services_answer_the_same_path() -> None:
    paths = [path for service in SERVICES for path in (await document_of(service))["paths"]]

    assert len(paths) == len(set(paths))


async def test_every_call_has_a_name_of_its_own_by_which_generated_clients_call_it() -> None:
    names = [call["operationId"] for service in SERVICES for _, call in await operations_of(service)]

    assert len(names) == len(set(names))


@dataclass(frozen=True)
class House:
    """All services at work, and people to ask them."""

    desk: Desk
    services: dict[str, RunningService]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(shared_installation: Installation) -> AsyncIterator[House]:
    """Without rate limits: an odd request is not to be refused for being one too many."""
    async with AsyncExitStack() as stack:
        services = {
            name: await stack.enter_async_context(
                shared_installation.run(name, rate_limits=False, **OWN_SETTINGS.get(name, {}))
            )
            for name in SERVICES
        }
        await asyncio.gather(*(eventually(service.is_ready) for service in services.values()))
        yield House(await open_desk(services["auth"], services["tickets"], "default-desk"), services)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("service", SERVICES)
async def test_no_request_is_answered_by_an_error_of_ours_or_in_a_way_that_is_not_documented(
    house: House, service: str
) -> None:
    running = house.services[service]
    document = ok_json(await running.http.get(f"/api/v1/{service}/openapi.json"))
    ticket = await house.desk.ticket()
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(result, Ok)
        await _tried(house, running, result.ok(), {"ticket_id": ticket["id"]})


def ok_json(answer: httpx.Response) -> dict[str, Any]:
    """The document, which must be there."""
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def _who_may(house: House, path: str) -> Person:
    """Somebody with rights to that call, with a log-in of their own: one of the calls logs out, another one sets up an
    organisation."""
    auth = house.desk.auth
    if path.startswith("/api/v1/organisations"):
        return await make_operator(auth, f"Odd {uuid4()}")
    if path.startswith(("/api/v1/organisation", "/api/v1/users")):
        return await make_admin(auth, "Odd Admin", await another_organisation())
    return await log_in(auth, house.desk.agent.email, house.desk.organisation)


async def _tried(house: House, running: RunningService, operation: Operation, known: dict[str, str]) -> None:
    caller = await _who_may(house, operation.path)

    async def holds(case: AnyCase) -> None:
        answer = await running.http.send(_request(case, caller.headers))
        case.validate_response(answer, checks=CHECKS)

    cases = [operation.as_strategy(mode) for mode in GenerationMode]
    if "{ticket_id}" in operation.path:
        cases += [operation.as_strategy(mode, path_parameters=known) for mode in GenerationMode]
    await for_all(st.one_of(cases), holds, at_most=EXAMPLES)


def _request(case: AnyCase, headers: dict[str, str]) -> httpx.Request:
    """As schemathesis would send it, for a client that speaks to the application directly."""
    told = case.as_transport_kwargs(base_url="http://test", headers=headers)
    parts: dict[str, Any] = vars(requests.Request(**{part: told[part] for part in PARTS & set(told)}).prepare())
    return httpx.Request(parts["method"], parts["url"], headers=dict(parts["headers"]), content=parts["body"])
