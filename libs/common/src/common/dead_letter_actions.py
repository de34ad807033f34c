"""What people do with dead letters, for the audit trail.

Each action is saved as an event before the letter is touched: an action that cannot be recorded is not taken.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from common.events import Actor, DeadLetterRef, event_class
from common.ids import PLATFORM
from common.messaging.dead_letter import DeadLetter, DeadLetters
from common.mongo import Database
from common.outbox.standalone import save_event

_MAX_LENGTH = 500
"""Of a type and an id: a message that is no event of ours may say anything."""


@dataclass(frozen=True)
class DeadLetterActions:
    """On the dead letters of one service. `by` is None where a command acts."""

    service: str
    db: Database
    dead_letters: DeadLetters

    async def replay(self, letter: DeadLetter, by: Actor | None) -> None:
        """Raises NotFound, Conflict, Unavailable."""
        letter.require_complete()
        await self._record("replayed", letter, by)
        await self.dead_letters.replay(letter.sequence)

    async def discard(self, letter: DeadLetter, by: Actor | None) -> None:
        """Raises NotFound, Unavailable."""
        await self._record("discarded", letter, by)
        await self.dead_letters.discard(letter.sequence)

    async def _record(self, action: Literal["replayed", "discarded"], letter: DeadLetter, by: Actor | None) -> None:
        reference = DeadLetterRef(
            service=self.service,
            sequence=letter.sequence,
            event_type=letter.event_type[:_MAX_LENGTH],
            event_id=letter.event_id[:_MAX_LENGTH] if letter.event_id else None,
        )
        event = event_class(f"{self.service}.dead_letter.{action}.v1").model_validate({"dead_letter": reference})
        await save_event(self.db, event, by, _organisation_of(letter))


def _organisation_of(letter: DeadLetter) -> UUID:
    """PLATFORM where the subject names none."""
    try:
        return UUID(letter.organisation_id)
    except (TypeError, ValueError):
        return PLATFORM
