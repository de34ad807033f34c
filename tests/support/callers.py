"""People who use the stack through its door and do not give up: a request that failed is sent again, with the same
Idempotency-Key, until it is answered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

TRY_AGAIN = {429, 500, 502, 503, 504}
"""500 is here so that a test can say afterwards how many there were; a client would also try again."""


@dataclass
class Caller:
    """One person. `retries` counts what had to be sent again; `statuses` what was answered."""

    http: httpx.AsyncClient
    headers: dict[str, str]
    id: str = ""
    retries: int = 0
    server_errors: int = 0

    async def send(self, method: str, path: str, *, json: Any = None, key: str | None = None) -> httpx.Response:
        """The first answer that is one."""
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        while True:
            try:
                answer = await self.http.request(method, f"/api/v1{path}", json=json, headers=headers)
            except httpx.TransportError:
                pass
            else:
                if answer.status_code not in TRY_AGAIN:
                    return answer
                self.server_errors += answer.status_code == 500
            self.retries += 1
            await asyncio.sleep(0.1)

    async def log_in(self, email: str, password: str) -> None:
        """From now on with this person's token."""
        answer = await self.send("POST", "/auth/login", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        self._take(answer)

    async def sign_up(self, email: str, password: str) -> None:
        """As a new customer."""
        body = {"email": email, "password": password}
        answer = await self.send("POST", "/auth/signup", json=body, key=f"sign-up {email}")
        assert answer.status_code == 201, answer.text
        self._take(answer)

    def _take(self, answer: httpx.Response) -> None:
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        self.id = answer.json()["user"]["id"]


@asynccontextmanager
async def callers(url: str) -> AsyncIterator[Callable[[], Caller]]:
    """Makes people who are not logged in yet, for the time of the block."""
    async with AsyncExitStack() as stack:

        def newcomer() -> Caller:
            http = httpx.AsyncClient(base_url=url, timeout=10)
            stack.push_async_callback(http.aclose)
            return Caller(http, {})

        yield newcomer
