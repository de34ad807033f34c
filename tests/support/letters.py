"""The links that auth sends by mail: their tokens, opened as mailer opens them."""

from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from common.events import Envelope, Event
from common.events.auth import EmailVerificationRequested, InvitationCreated, PasswordResetRequested
from common.outbox import EventLog, EventSelection
from common.sealed import SecretCipher
from tests.support.eventually import eventually
from tests.support.services import SEALING_KEY, RunningService

E = TypeVar("E", bound=Event)


async def said(auth: RunningService, event: type[E], organisation_id: UUID, *, count: int = 1) -> list[E]:
    """What auth said of that kind in an organisation, oldest first, once there are so many."""

    async def logged() -> list[E]:
        wanted = EventSelection(type=event.type, organisation_id=organisation_id)
        found = [event.model_validate(each.data) async for each in EventLog(auth.db).read(wanted)]
        assert len(found) >= count, found
        return found

    return await eventually(logged)


def token_in(letter: EmailVerificationRequested | PasswordResetRequested | InvitationCreated) -> str:
    """Of the link in a letter."""
    cipher = SecretCipher([SEALING_KEY.get_secret_value()])
    return cipher.decrypt(letter.sealed_token, not_older_than=timedelta(hours=1))


async def history(auth: RunningService, aggregate_id: UUID, *, length: int) -> list[Envelope]:
    """What happened to a person, a session, …, once that many things did."""

    async def logged() -> list[Envelope]:
        found = await EventLog(auth.db).of_aggregate(aggregate_id)
        assert len(found) >= length, [each.action for each in found]
        return found

    return await eventually(logged)
