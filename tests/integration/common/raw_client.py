"""A NATS connection with a user's password and without our library: what an attacker has who learnt that password."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats
from nats.aio.client import Client

from common.messaging.permissions import inbox_prefix
from tests.support.servers import PASSWORD
from tests.support.services import Installation


@asynccontextmanager
async def connected_as(installation: Installation, service: str, complaints: list[str]) -> AsyncIterator[Client]:
    """Adds what the server complains of to `complaints`."""
    user = f"{service}-{installation.number}"

    async def note(error: Exception) -> None:
        complaints.append(str(error))

    client = await nats.connect(
        installation.servers.nats_url, user=user, password=PASSWORD, inbox_prefix=inbox_prefix(user), error_cb=note
    )
    try:
        yield client
    finally:
        await client.close()


async def publish_raw(installation: Installation, service: str, subject: str, header: bytes, body: bytes) -> None:
    """Publishes a message with any bytes as its header, which client libraries refuse to send."""
    host, port = installation.servers.nats_url.removeprefix("nats://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    login = {"user": f"{service}-{installation.number}", "pass": PASSWORD, "headers": True, "verbose": False}
    writer.write(f"CONNECT {json.dumps(login)}\r\n".encode())
    writer.write(f"HPUB {subject} {len(header)} {len(header) + len(body)}\r\n".encode() + header + body + b"\r\n")
    writer.write(b"PING\r\n")
    while b"PONG" not in await reader.readline():
        pass
    writer.close()
    await writer.wait_closed()
