"""Forgotten passwords: what is asked is only written down, and looked at later.

So the answer takes the same work and time whether there is such an account or not, and what was answered is not lost.
Any number of workers may look at the same request: the person's document knows which one its link came from.
"""

import asyncio
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
from common.sealed import SecretCipher

log = structlog.get_logger("forgotten")

POLL_SECONDS = 1.0
KEPT_SECONDS = 3600
"""Nobody waits longer for a mail; and no address that was typed is kept longer."""


class ResetRequest(Document):
    """Somebody typed an address. Gone as soon as it was looked at."""

    id: UUID = Field(default_factory=new_id)  # type: ignore[assignment]  # Beanie means any type by ObjectId
    organisation: str | None
    email: str
    asked_at: datetime = Field(default_factory=clock.now)
    cause: dict[str, Any] | None = None

    class Settings:
        name = "reset_requests"
        indexes: ClassVar = [IndexModel("asked_at", expireAfterSeconds=KEPT_SECONDS)]


class ForgottenPasswords:
    """Takes requests, and runs in every worker to look at them."""

    name = "forgotten-passwords"

    def __init__(self, cipher: SecretCipher) -> None:
        self._cipher = cipher
        self._asked = asyncio.Event()

    async def ask(self, asked: ForgotPassword) -> None:
        """Writes the request down."""
        causation = current_causation()
        request = ResetRequest(
            organisation=asked.organisation, email=asked.email, cause=vars(causation) if causation is not None else None
        )
        await request.insert()
        self._asked.set()

    async def run(self) -> None:
        """Until cancelled."""
        while not cancellation_requested():
            self._asked.clear()
            try:
                async for request in ResetRequest.find_all(sort="+_id"):
                    await self._look_at(request)
            except PyMongoError as error:
                log.warning("requests wait", reason=str(error))
            await self._until_asked()

    async def _look_at(self, request: ResetRequest) -> None:
        with causation_scope(Causation(**(request.cause or {"id": str(request.id)}))):
            await retry_on_conflict(lambda: self._send_link(request))
        await request.delete()

    async def _send_link(self, request: ResetRequest) -> None:
        organisation = await Organisation.find_by_slug(request.organisation)
        if organisation is None or organisation.suspended:
            return
        user = await User.by_email(organisation.id, request.email)
        if user is not None and user.active:
            user.request_password_reset(request.id, self._cipher)
            await user.commit()

    async def _until_asked(self) -> None:
        """A request of this process, or a second: another one's is found by looking."""
        try:
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(POLL_SECONDS):
                await self._asked.wait()
        except TimeoutError:
            return
