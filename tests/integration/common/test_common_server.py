"""A service that stops answers every request that reached it, also one that was on its way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from common.http.server import Server
from common.settings import Settings
from stack.ports import free_port
from tests.support.eventually import eventually

REQUEST = b"POST / HTTP/1.1\r\nHost: desk\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Desk:
    """A service that answers when it may."""

    server: Server
    port: int
    serving: asyncio.Task[None]
    may_answer: asyncio.Event
    requested: int = 0
    connections: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """As NGINX would."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.connections.append(writer)
        return reader, writer

    def stop(self) -> None:
        """As SIGTERM does."""
        self.server.should_exit = True

    async def is_closed(self) -> None:
        """Whoever connects is refused."""
        try:
            _, writer = await self.connect()
        except ConnectionRefusedError:
            return
        writer.close()
        raise AssertionError("It still listens.")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with running() as desk:
        yield desk


@asynccontextmanager
async def running() -> AsyncIterator[Desk]:
    app, port, may_answer = FastAPI(), free_port(), asyncio.Event()
    may_answer.set()
    settings = Settings(
        public_url="https://desk.example.com",
        http_host="127.0.0.1",
        http_port=port,
        mongo_url=SecretStr("mongodb://nobody"),
        nats_user="nobody",
        nats_password=SecretStr("none"),
    )
    server = Server.of(app, settings)
    serving = asyncio.create_task(server.serve())
    desk = Desk(server, port, serving, may_answer)

    @app.post("/")
    async def answer() -> str:
        desk.requested += 1
        await may_answer.wait()
        return "done"

    async def has_started() -> None:
        assert server.started

    await eventually(has_started)
    try:
        yield desk
    finally:
        for connection in desk.connections:
            connection.close()
        desk.stop()
        await serving


async def answer_on(connection: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> str:
    """To one request sent on it; raises when there is none."""
    reader, writer = connection
    writer.write(REQUEST)
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    assert await reader.readexactly(len(b'"done"')) == b'"done"'
    return head.decode().lower()


async def test_a_request_on_an_idle_connection_is_answered_after_the_stop_began(desk: Desk) -> None:
    connection = await desk.connect()
    assert "connection: close" not in await answer_on(connection)
    desk.stop()
    await eventually(desk.is_closed)

    assert "connection: close" in await answer_on(connection)

    assert await connection[0].read() == b""  # hung up, as it said
    await desk.serving


async def test_a_request_under_way_is_answered(desk: Desk) -> None:
    desk.may_answer.clear()
    answering = asyncio.create_task(answer_on(await desk.connect()))

    async def was_asked() -> None:
        assert desk.requested == 1

    await eventually(was_asked)
    desk.stop()
    await eventually(desk.is_closed)

    desk.may_answer.set()

    assert (await answering).startswith("http/1.1 200")
    await desk.serving


async def test_whoever_could_connect_is_answered() -> None:
    refused = answered = 0

    async def keep_asking(desk: Desk) -> None:
        nonlocal refused, answered
        while True:
            try:
                connection = await desk.connect()
            except ConnectionRefusedError:
                refused += 1
                return
            await answer_on(connection)
            answered += 1
            connection[1].close()

    for _ in range(10):
        async with running() as desk:
            before = answered
            async with asyncio.TaskGroup() as group:
                for _ in range(20):
                    group.create_task(keep_asking(desk))

                async def is_busy(before: int = before) -> None:
                    assert answered > before + 50

                await eventually(is_busy)
                desk.stop()

    assert refused == 200


async def test_a_connection_that_nobody_closes_does_not_keep_it_from_stopping(desk: Desk) -> None:
    connection = await desk.connect()
    await answer_on(connection)
    desk.stop()

    await desk.serving

    assert await connection[0].read() == b""
