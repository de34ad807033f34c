"""A worker's one connection to NATS, which may be away when the worker starts and at any time after."""

import asyncio

import nats
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext

from common.errors import Unavailable
from common.messaging.permissions import api_prefix, inbox_prefix, service_of
from common.settings import Settings

log = structlog.get_logger("broker")

REQUEST_SECONDS = 2.0
"""How long one request to JetStream may take before the broker counts as away."""


class Broker:
    """Connects in the background, again and again; says plainly whether it is connected."""

    def __init__(
        self, url: str, user: str, password: str, *, name: str, request_seconds: float = REQUEST_SECONDS
    ) -> None:
        self._url = url
        self._user = user
        self.service = service_of(user)
        self.api_prefix = api_prefix(user)
        self._password = password
        self._name = name
        self._request_seconds = request_seconds
        self._client: Client | None = None
        self._last_error = "not connected yet"
        self._closing = False

    @classmethod
    def of(cls, settings: Settings, name: str) -> "Broker":
        """With a service's own credentials."""
        return cls(settings.nats_url, settings.nats_user, settings.nats_password.get_secret_value(), name=name)

    async def connect(self) -> None:
        """Returns when connected for the first time. After that the client reconnects by itself, without limit."""
        while self._client is None:
            try:
                self._client = await nats.connect(
                    self._url.split(","),
                    user=self._user,
                    password=self._password,
                    name=self._name,
                    inbox_prefix=inbox_prefix(self._user),
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=0.25,
                    connect_timeout=2,
                    # The default is 2 minutes: a server that hangs must be noticed in seconds.
                    ping_interval=2,
                    max_outstanding_pings=2,
                    error_cb=self._on_error,
                    disconnected_cb=self._on_disconnect,
                    reconnected_cb=self._on_reconnect,
                )
            except (NatsError, OSError) as error:
                await self._on_error(error)
                await asyncio.sleep(0.5)
        log.info("connected to NATS", server=self._client.connected_url.netloc if self._client.connected_url else "")

    @property
    def problem(self) -> str | None:
        """Why nothing can be sent or heard just now; None when all is well."""
        if self._client is not None and self._client.is_connected:
            return None
        return f"NATS is away: {self._last_error}"

    @property
    def client(self) -> Client:
        """The connected client. Raises Unavailable rather than let a call wait in a buffer."""
        if self._client is None or not self._client.is_connected:
            raise Unavailable(self.problem or "NATS is away")
        return self._client

    @property
    def jetstream(self) -> JetStreamContext:
        """Raises Unavailable while disconnected."""
        return self.client.jetstream(prefix=self.api_prefix, timeout=self._request_seconds)

    async def close(self) -> None:
        """Sends what is still buffered (acknowledgements) and closes."""
        if self._client is None:
            return
        self._closing = True
        try:
            await asyncio.wait_for(self._client.flush(), self._request_seconds)
        except (NatsError, OSError):
            log.debug("closing with NATS away")
        await self._client.close()

    async def _on_error(self, error: Exception) -> None:
        self._last_error = f"{type(error).__name__}: {error}"
        log.warning("NATS reports an error", reason=self._last_error)

    async def _on_disconnect(self) -> None:
        if not self._closing:
            self._last_error = "the connection was lost"
            log.warning("disconnected from NATS")

    async def _on_reconnect(self) -> None:
        log.info("reconnected to NATS")
