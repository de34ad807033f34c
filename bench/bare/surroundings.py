"""What the bare programs are given, and the few lines they share."""

import contextlib
import json
import os
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any, Self
from uuid import UUID

import nats
import uvicorn
import uvloop
from bson.codec_options import CodecOptions
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, HTTPScope

Collection = AsyncCollection[dict[str, Any]]
Handler = Callable[[HTTPScope, ASGIReceiveCallable, ASGISendCallable], Awaitable[None]]
"""Answers one request."""

_VARIABLE = "HELPDESK_BENCH_SURROUNDINGS"


@dataclass(frozen=True)
class Surroundings:
    """One running stack, as a bare program sees it. Passed on in the environment: it holds credentials."""

    port: int
    mongo_url: str
    nats_url: str
    nats_passwords: dict[str, str]
    """User -> password."""
    smtp_port: int

    def as_environment(self) -> dict[str, str]:
        return {_VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def given(cls) -> Self:
        """What `as_environment` wrote."""
        return cls(**json.loads(os.environ[_VARIABLE]))

    def collection(self, database: str, name: str) -> Collection:
        """Writes wait for the journal of a majority, as the services' writes do."""
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(self.mongo_url, w="majority", journal=True)
        options: CodecOptions[dict[str, Any]] = CodecOptions(tz_aware=True, uuid_representation=4)
        return client[database].get_collection(name, codec_options=options)

    async def nats(self, user: str = "tickets") -> Client:
        """Connected, with the inbox this user may listen to. The stream is the tickets service's own, and so is the
        user that may publish to it."""
        return await nats.connect(
            self.nats_url, user=user, password=self.nats_passwords[user], inbox_prefix=f"_INBOX_{user}"
        )


async def fetched(subscription: JetStreamContext.PullSubscription) -> AsyncIterator[Msg]:
    """Messages as they come, for ever."""
    while True:
        with contextlib.suppress(TimeoutError):
            for message in await subscription.fetch(1, timeout=30):
                yield message


async def serve(app: ASGI3Application, port: int) -> None:
    """Plain uvicorn, set as the services set theirs."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        http="httptools",
        lifespan="off",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
    )
    await uvicorn.Server(config).serve()


def run(program: Any) -> None:
    """`await program(surroundings)` until SIGTERM."""
    uvloop.run(program(Surroundings.given()))


async def body_of(receive: ASGIReceiveCallable) -> bytes:
    """The whole body of a request."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ConnectionError("the caller hung up")
        body += message["body"]
        if not message["more_body"]:
            return body


async def answer(send: ASGISendCallable, status: int, body: bytes) -> None:
    """An answer of JSON."""
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def growing_id() -> UUID:
    """Sorts by time, so that it is as kind to an index as the UUIDv7 of the services."""
    return UUID(int=time.time_ns() << 64 | secrets.randbits(64))
