"""The OpenAPI documents are valid and complete, and no generated request gets a response that they do not describe."""

from collections.abc import AsyncIterator
from typing import Any, TypeAlias

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
from common.services import SERVICES
from tests.support.access_table import OPEN
from tests.support.all_services import AllServices, run_all_services
from tests.support.desk import ok
from tests.support.people import Person, another_organisation, log_in, make_admin
from tests.support.property_testing import for_all
from tests.support.servers import Servers
from tests.support.services import Installation, build
from tests.support.smtp import recording_smtp

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 20
PARTS = {"method", "url", "headers", "files", "data", "params", "cookies", "json"}
ANYWHERE = Servers("mongodb://localhost:1/?replicaSet=none", "nats://localhost:1")
"""Documents are made without servers."""


AnyCase: TypeAlias = "Case[Any]"
Operation: TypeAlias = "APIOperation[Any, Any, Any, Any]"


async def document_of(service: str) -> dict[str, Any]:
    built = build(service, Installation(ANYWHERE, 0, "none").settings(service))
    document = ServiceRunner(built, "api").app.openapi()
    await built.db.client.close()
    return document


async def operations_of(service: str) -> list[tuple[str, dict[str, Any]]]:
    paths = (await document_of(service))["paths"]
    return [(f"{method} {path}", call) for path, calls in paths.items() for method, call in calls.items()]


@pytest.mark.parametrize("service", SERVICES)
async def test_a_services_document_is_valid(service: str) -> None:
    document = await document_of(service)

    schemathesis.openapi.from_dict(document).validate()
    assert document["info"]["title"] == f"Helpdesk {service}"
    assert all(path.startswith("/api/v1/") for path in document["paths"])


@pytest.mark.parametrize("service", SERVICES)
async def test_every_operation_has_a_description_and_its_problem_responses(service: str) -> None:
    for name, call in await operations_of(service):
        assert call["summary"], name
        assert call["description"], name
        for status in ("400", "401", "403", "404", "409", "412", "413", "422", "429", "503"):
            problem = call["responses"][status]["content"]
            assert problem == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}, name
        for parameter in call.get("parameters", []):
            assert parameter["schema"], name


async def test_the_operations_without_a_token_are_those_of_the_access_table() -> None:
    operations = [call for service in SERVICES for _, call in await operations_of(service)]
    without_token = {call["operationId"] for call in operations if not call.get("security")}

    assert without_token == set(OPEN), (
        f"{without_token ^ set(OPEN)}: decide whether the operation needs a token. If so, its route takes a "
        "CurrentUser and it is in ROWS of tests/support/access_table.py; if not, it is in OPEN."
    )


async def test_no_two_services_have_the_same_path() -> None:
    paths = [path for service in SERVICES for path in (await document_of(service))["paths"]]

    assert len(paths) == len(set(paths))


async def test_operation_ids_are_unique() -> None:
    names = [call["operationId"] for service in SERVICES for _, call in await operations_of(service)]

    assert len(names) == len(set(names))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(shared_installation: Installation) -> AsyncIterator[AllServices]:
    async with recording_smtp() as smtp, run_all_services(shared_installation, smtp) as running:
        yield running


@pytest.mark.soak
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("service", SERVICES)
async def test_no_generated_request_gets_a_server_error_or_an_undocumented_response(
    running: AllServices, service: str
) -> None:
    http = running.services[service].http
    document = ok(await http.get(f"/api/v1/{service}/openapi.json"))
    for result in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(result, Ok)
        await _try(result.ok(), http, await _caller_of(result.ok().path, running), await running.ticket())


async def _caller_of(path: str, running: AllServices) -> Person:
    """A new login with rights to the operation, since some operations end sessions."""
    if path.startswith("/api/v1/organisations"):
        return await running.another("operator")
    if path.startswith(("/api/v1/organisation", "/api/v1/users")):
        return await make_admin(running.auth, "Odd Admin", await another_organisation())
    return await log_in(running.auth, running.desk.agent.email, running.desk.organisation)


async def _try(operation: Operation, http: httpx.AsyncClient, caller: Person, known: dict[str, str]) -> None:
    async def holds(case: AnyCase) -> None:
        case.validate_response(await http.send(_request(case, caller.headers)), checks=CHECKS)

    cases = [operation.as_strategy(mode) for mode in GenerationMode]
    if "{ticket_id}" in operation.path:
        cases += [operation.as_strategy(mode, path_parameters=known) for mode in GenerationMode]
    await for_all(st.one_of(cases), holds, at_most=EXAMPLES)


def _request(case: AnyCase, headers: dict[str, str]) -> httpx.Request:
    """As schemathesis would send it, for an httpx client."""
    told = case.as_transport_kwargs(base_url="http://test", headers=headers)
    parts: dict[str, Any] = vars(requests.Request(**{part: told[part] for part in PARTS & set(told)}).prepare())
    return httpx.Request(parts["method"], parts["url"], headers=dict(parts["headers"]), content=parts["body"])
