"""Every time in a request is understood up to the ends of the calendar, or refused with the reason."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from common.services import SERVICES
from tests.contracts.test_openapi import document_of
from tests.support.all_services import AllServices, run_all_services
from tests.support.services import Installation
from tests.support.smtp import recording_smtp

EXTREMES = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-14:00",
]


def time_parameters(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Path and query parameter."""
    for path, calls in document["paths"].items():
        for parameter in calls.get("get", {}).get("parameters", []):
            schemas = [parameter["schema"], *parameter["schema"].get("anyOf", ())]
            if any(schema.get("format") == "date-time" for schema in schemas):
                yield path, parameter["name"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(shared_installation: Installation) -> AsyncIterator[AllServices]:
    async with recording_smtp() as smtp, run_all_services(shared_installation, smtp) as running:
        yield running


@pytest.mark.asyncio(loop_scope="module")
async def test_every_time_parameter_takes_the_ends_of_the_calendar_or_refuses_them(running: AllServices) -> None:
    admin, answers = running.people["admin"], {}
    for service in SERVICES:
        for path, name in time_parameters(await document_of(service)):
            for time in EXTREMES:
                http = running.services[service].http
                answer = await http.get(path, params={name: time}, headers=admin.headers)
                answers[path, name, time] = answer.status_code

    assert len(answers) >= 8 * len(EXTREMES), "no route is left out"
    assert {call: status for call, status in answers.items() if status not in (200, 422)} == {}
    assert all(status == 200 for (_, _, time), status in answers.items() if time.endswith("Z"))
