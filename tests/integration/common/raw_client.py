"""A NATS connection with a user's password and without our library: what an attacker has who learnt that password."""

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
