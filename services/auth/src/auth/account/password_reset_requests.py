"""Requests for a password reset: stored by the request, processed later by a worker (docs/decisions/0014).

So the response takes the same time whether the account exists or not. Several workers may process the same request: the
user's document stores which request its link came from.
"""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import structlog
from beanie import Document
from pydantic import Field
from pymongo import IndexModel
from pymongo.errors import PyMongoError

from auth.account.schemas import ForgotPassword
from auth.organisation.document import Organisation
from auth.user.document import User
from common import clock
from common.causation import Causation, causation_scope, current_causation
from common.ids import new_id
from common.mongo import cancellation_requested
from common.outbox import retry_on_conflict
from common.secret_links import LinkEncryptor

log = structlog.get_logger("password-reset")

POLL_SECONDS = 1.0
KEPT_SECONDS = 3600
"""A later email would be of no use, and typed addresses are not stored for longer."""


class PasswordResetRequest(Document):
    """A typed address. Deleted once it is processed."""

    id: UUID = Field(default_factory=new_id)  # type: ignore[assignment]  # Beanie types any id as ObjectId
    organisation: str | None
    email: str
    requested_at: datetime = Field(default_factory=clock.now)
    causation: dict[str, Any] | None = None

    class Settings:
        name = "reset_requests"
        indexes: ClassVar = [IndexModel("requested_at", expireAfterSeconds=KEPT_SECONDS)]


class PasswordResetQueue:
    """Stores requests. Its loop runs in every worker and processes them."""

    name = "password-reset"

    def __init__(self, encryptor: LinkEncryptor) -> None:
        self._encryptor = encryptor
        self._enqueued = asyncio.Event()

    async def enqueue(self, body: ForgotPassword) -> None:
        causation = current_causation()
        await PasswordResetRequest(
            organisation=body.organisation, email=body.email, causation=vars(causation) if causation else None
        ).insert()
        self._enqueued.set()

    async def run(self) -> None:
        """Until cancelled."""
        while not cancellation_requested():
            self._enqueued.clear()
            try:
                async for request in PasswordResetRequest.find_all(sort="+_id"):
                    await self._process(request)
            except PyMongoError as error:
                log.warning("password reset requests are delayed", reason=str(error))
            await self._wait_for_request()

    async def _process(self, request: PasswordResetRequest) -> None:
        with causation_scope(Causation(**(request.causation or {"id": str(request.id)}))):
            await retry_on_conflict(lambda: self._send_link(request))
        await request.delete()

    async def _send_link(self, request: PasswordResetRequest) -> None:
        organisation = await Organisation.find_by_slug(request.organisation)
        if organisation is None or organisation.suspended:
            return
        user = await User.find_by_email(organisation.id, request.email)
        if user is not None and user.active:
            user.end_pending_before(organisation.suspensions)
            user.request_password_reset(request.id, self._encryptor)
            await user.commit()

    async def _wait_for_request(self) -> None:
        """Returns after POLL_SECONDS at the latest: requests to other processes do not set the event."""
        with suppress(TimeoutError):
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(POLL_SECONDS):
                await self._enqueued.wait()
