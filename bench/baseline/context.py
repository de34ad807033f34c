"""The servers that the baseline uses, and the ASGI code that its endpoints share."""

import contextlib
import json
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import asdict, dataclass
from typing import Any, Self
from uuid import UUID

import nats
import uvicorn
import uvloop
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from uvicorn._types import ASGI3Application, ASGIReceiveCallable, ASGISendCallable

STREAM, SUBJECTS = "TICKETS", "tickets.bench.resolved.>"

_VARIABLE = "HELPDESK_BENCH_CONTEXT"


@dataclass(frozen=True)
class Context:
    """Addresses and credentials of a running stack. The environment passes it to the baseline processes."""

    port: int
    """Of the baseline server."""
    mongo_url: str
    nats_url: str
    nats_passwords: dict[str, str]
    """By user."""
    smtp_port: int

    def to_environment(self) -> dict[str, str]:
        return {_VARIABLE: json.dumps(asdict(self))}

    @classmethod
    def from_environment(cls) -> Self:
        return cls(**json.loads(os.environ[_VARIABLE]))

    def mongo_client(self) -> AsyncMongoClient[dict[str, Any]]:
        """As root. Writes wait for the journal of a majority, as those of the services."""
        return AsyncMongoClient(
            self.mongo_url, tz_aware=True, uuidRepresentation="standard", w="majority", journal=True
        )

    def collection(self, database: str, name: str) -> AsyncCollection[dict[str, Any]]:
        return self.mongo_client()[database][name]

    async def connect_nats(self, user: str = "tickets") -> Client:
        """By default as the user that may publish to STREAM."""
        password = self.nats_passwords[user]
        return await nats.connect(self.nats_url, user=user, password=password, inbox_prefix=f"_INBOX_{user}")


async def subscribe_resolved(connection: Client, **config: Any) -> JetStreamContext.PullSubscription:
    """Creates a consumer of SUBJECTS. It does not acknowledge, which its NATS user may not."""
    jetstream = connection.jetstream()
    consumer = ConsumerConfig(filter_subject=SUBJECTS, ack_policy=AckPolicy.NONE, **config)
    created = await jetstream.add_consumer(STREAM, consumer)
    return await jetstream.pull_subscribe_bind(created.name, STREAM)


async def iterate_messages(subscription: JetStreamContext.PullSubscription) -> AsyncIterator[Msg]:
    """Never ends."""
    while True:
        with contextlib.suppress(TimeoutError):
            for message in await subscription.fetch(1, timeout=30):
                yield message


async def serve(app: ASGI3Application, port: int) -> None:
    """Uvicorn with the settings of the services."""
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


def run(program: Callable[[Context], Coroutine[Any, Any, None]]) -> None:
    """Until SIGTERM."""
    uvloop.run(program(Context.from_environment()))


async def read_body(receive: ASGIReceiveCallable) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise ConnectionError("the client disconnected")
        body += message["body"]
        if not message["more_body"]:
            return body


async def respond(send: ASGISendCallable, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers, "trailers": False})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def time_ordered_id() -> UUID:
    """As cheap for an index as the UUIDv7 of the services."""
    return UUID(int=time.time_ns() << 64 | secrets.randbits(64))
