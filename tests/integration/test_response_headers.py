"""The services themselves protect their responses: an ingress may send the API straight to them, without NGINX."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from common.services import SERVICES
from tests.support.access_table import CALLS, OPEN, ROWS, answered, routes_of
from tests.support.all_services import CALLERS, AllServices, CallerName, run_all_services
from tests.support.services import Installation
from tests.support.smtp import recording_smtp

pytestmark = pytest.mark.asyncio(loop_scope="module")

ORIGIN = "https://elsewhere.example.com"
POLICY = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
OWN_POLICIES = {
    "confirm_unsubscribe": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "unsubscribe": "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "download_attachment": "default-src 'none'; sandbox; base-uri 'none'; frame-ancestors 'none'",
}
CACHED = {"jwks": "public, max-age=300"}
"""All other responses may hold personal data."""
SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(shared_installation: Installation) -> AsyncIterator[AllServices]:
    everywhere = {"public_url": "https://desk.example.com", "cors_origins": [ORIGIN]}
    async with recording_smtp() as smtp, run_all_services(shared_installation, smtp, **everywhere) as running:
        yield running


def wrong(answer: httpx.Response, policy: str = POLICY, caching: str = "no-store") -> dict[str, list[str]]:
    """The headers that do not have exactly one value, which is the expected one."""
    expected = {**SECURITY_HEADERS, "Content-Security-Policy": policy, "Cache-Control": caching}
    return {
        name: answer.headers.get_list(name)
        for name, value in expected.items()
        if answer.headers.get_list(name) != [value]
    }


def first_success(operation: str) -> CallerName:
    """Somebody whom the route answers."""
    if operation in OPEN:
        return "customer"
    return next(caller for caller, status in zip(CALLERS, ROWS[operation][0], strict=True) if status < 300)


async def test_every_route_of_every_service_sets_the_security_headers(running: AllServices) -> None:
    found = {}
    for operation, make_call in CALLS.items():
        caller, route = first_success(operation), routes_of(running)[operation]
        call = await make_call(running, caller)
        if operation in ROWS:
            found[f"{operation} without a token"] = wrong(await answered(running, route, call, None))
        token = (call.by or running.people[caller]).access_token
        answer = await answered(running, route, call, token)
        assert answer.is_success, (operation, answer.text)
        found[operation] = wrong(answer, OWN_POLICIES.get(operation, POLICY), CACHED.get(operation, "no-store"))

    assert {name: headers for name, headers in found.items() if headers} == {}


@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_no_route_sets_them_as_well(running: AllServices, service: str) -> None:
    http = running.services[service].http
    preflight = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    answers = {
        "health": await http.get("/healthz"),
        "metrics": await http.get("/metrics"),
        "document": await http.get(f"/api/v1/{service}/openapi.json"),
        "unknown": await http.get("/api/v1/nowhere"),
        "too large": await http.post("/api/v1/nowhere", content=b"x" * 1_000_001),
        "preflight": await http.options(f"/api/v1/dead-letters/{service}", headers=preflight),
    }
    assert answers["preflight"].headers["Access-Control-Allow-Origin"] == ORIGIN
    assert {name: wrong(answer) for name, answer in answers.items() if wrong(answer)} == {}
