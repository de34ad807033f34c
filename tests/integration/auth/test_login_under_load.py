"""Password hashing under a flood of logins: the queue is bounded, and abandoned work is dropped."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from argon2 import PasswordHasher
from starlette.types import Message

import auth.passwords
from tests.support.desk import problem
from tests.support.eventually import eventually
from tests.support.services import Installation, RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

FLOOD = 60


class Gate:
    """Holds every verification of a password until it is opened. `checked` are the passwords, in order."""

    def __init__(self) -> None:
        self.opened = threading.Event()
        self.checked: list[str] = []

    def open(self) -> None:
        self.opened.set()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate, verify = Gate(), PasswordHasher.verify

    def held(self: PasswordHasher, hash_: str, password: str) -> bool:
        gate.checked.append(password)
        gate.opened.wait(30)
        return verify(self, hash_, password)

    monkeypatch.setattr(PasswordHasher, "verify", held)
    yield gate
    gate.open()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def auth_with_slow_hashing(shared_installation: Installation) -> AsyncIterator[RunningService]:
    """Hashing takes 0.2 s of a core, so 20 requests of two seconds wait for two cores."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth.passwords, "measure_hash_seconds", lambda _hasher: 0.2, raising=False)
        async with shared_installation.run("auth", rate_limits=False) as running:
            yield running


def attempt(auth: RunningService, email: str, password: str) -> "asyncio.Task[httpx.Response]":
    body: dict[str, Any] = {"email": email, "password": password}
    return asyncio.create_task(auth.http.post("/api/v1/auth/login", json=body))


async def test_beyond_two_seconds_of_hashing_a_login_is_refused_with_the_time_to_come_back(
    auth_with_slow_hashing: RunningService, gate: Gate
) -> None:
    flood = [attempt(auth_with_slow_hashing, f"nobody{n}@example.org", "wrong") for n in range(FLOOD)]

    async def refused() -> list[httpx.Response]:
        answers = [each.result() for each in flood if each.done()]
        assert len(answers) >= FLOOD - 17, len(answers)  # two at work, and three in four of twenty places
        return answers

    for answer in await eventually(refused):
        problem(answer, 503, "overloaded")
        assert int(answer.headers["Retry-After"]) >= 1
    gate.open()
    assert {each.status_code for each in await asyncio.gather(*flood)} == {401, 503}


async def test_a_password_is_not_checked_for_a_caller_who_has_gone(
    auth_with_slow_hashing: RunningService, gate: Gate
) -> None:
    gate.open()
    body = json.dumps({"email": "nobody@example.org", "password": "abandoned"}).encode()
    received: list[Message] = [{"type": "http.request", "body": body}, {"type": "http.disconnect"}]
    sent: list[Message] = []

    async def receive() -> Message:
        return received.pop(0) if len(received) > 1 else received[0]

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    scope = {"type": "http", "method": "POST", "path": "/api/v1/auth/login", "query_string": b"", "headers": headers}
    await auth_with_slow_hashing.app({**scope, "client": ("127.0.0.1", 1)}, receive, send)

    assert sent
    assert gate.checked == []
