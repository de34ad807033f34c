"""One trace from the click to its last effect: through HTTP, document, relay, stream and consumer of two processes."""

import json
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from stack import processes
from stack.ports import free_port
from tests.support.eventually import eventually
from tests.support.otlp import Span, otlp_collector
from tests.support.services import Installation
from tests.support.subprocesses import environment_of


@asynccontextmanager
async def process_of(installation: Installation, service: str, port: int, log: Path, otlp: str) -> AsyncIterator[None]:
    """`python -m <service> serve`, with its standard output in `log`."""
    settings = installation.settings(service, http_host="127.0.0.1", http_port=port)
    environment = {
        **environment_of(settings),
        "OTEL_EXPORTER_OTLP_ENDPOINT": otlp,
        "OTEL_BSP_SCHEDULE_DELAY": "100",
    }
    process = await processes.spawn([sys.executable, "-m", service, "serve"], log=log, environment=environment)
    try:
        yield
    finally:
        await process.stop(signal.SIGTERM, 20)


def lines_of(log: Path) -> list[dict[str, Any]]:
    """Each line is a JSON object, or this fails."""
    return [json.loads(line) for line in log.read_text().splitlines()]


async def test_one_trace_runs_from_the_request_to_the_effect_in_another_service(
    installation: Installation, tmp_path: Path
) -> None:
    trace, click = secrets.token_hex(16), secrets.token_hex(8)
    ports = {"auth": free_port(), "tickets": free_port()}
    logs = {service: tmp_path / f"{service}.log" for service in ports}
    with otlp_collector() as (otlp, collected):
        async with (
            process_of(installation, "auth", ports["auth"], logs["auth"], otlp),
            process_of(installation, "tickets", ports["tickets"], logs["tickets"], otlp),
            httpx.AsyncClient(timeout=30) as http,
        ):

            async def ready() -> None:
                for port in ports.values():
                    try:
                        answer = await http.get(f"http://127.0.0.1:{port}/readyz")
                    except httpx.TransportError as error:
                        raise AssertionError(error) from error
                    said = "".join(log.read_text() for log in logs.values())
                    assert answer.status_code == 200, f"{answer.text}\n{said}"

            await eventually(ready, within=60, every=0.1)
            answer = await http.post(
                f"http://127.0.0.1:{ports['auth']}/api/v1/auth/signup",
                json={"email": "casey@example.org", "password": "correct horse battery"},
                headers={"traceparent": f"00-{trace}-{click}-01", "X-Request-ID": "the-click"},
            )
            assert answer.status_code == 201, answer.text

            async def exported() -> list[Span]:
                found = [span for span in collected if span.trace == trace]
                assert sum(span.service == "tickets" for span in found) == 3
                return found

            await eventually(exported)
        spans = {(span.service, span.name): span for span in await exported()}
        said = ("auth.user.registered", "auth.email_verification.requested", "auth.session.started")
        assert set(spans) == {
            ("auth", "POST /api/v1/auth/signup"),
            *(("auth", f"publish {event}") for event in (*said, "auth.secret_link.issued")),
            *(("tickets", f"handle {event}") for event in said),
        }
    request = spans["auth", "POST /api/v1/auth/signup"]
    publish = spans["auth", "publish auth.user.registered"]
    handle = spans["tickets", "handle auth.user.registered"]
    assert (request.parent, publish.parent, handle.parent) == (click, request.id, publish.id)

    (answered,) = [line for line in lines_of(logs["auth"]) if line.get("request_id") == "the-click"]
    assert (answered["service"], answered["trace_id"], answered["span_id"]) == ("auth", trace, request.id)
    assert (answered["path"], answered["status"], answered["level"]) == ("/api/v1/auth/signup", 201, "info")
    (handled,) = [line for line in lines_of(logs["tickets"]) if line.get("span_id") == handle.id]
    assert (handled["service"], handled["trace_id"], handled["message"]) == ("tickets", trace, "event handled")
    assert handled["event_type"] == "auth.user.registered.v1"
    assert "correct horse battery" not in logs["auth"].read_text()
