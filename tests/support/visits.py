"""A tiny aggregate of auth's, for tests of what carries its events."""

from typing import ClassVar, Self
from uuid import UUID

from common.events import Actor, Envelope
from common.events.auth import SessionEnded
from common.ids import new_id
from common.outbox import Aggregate, retry_on_conflict
from common.outbox.aggregate import OUTBOX_INDEX

ORGANISATION = new_id()


class Visit(Aggregate):
    """Each knock is one change and one event, of a type that services really hear. Whispers are nobody's business."""

    unversioned_fields: ClassVar = frozenset({"whispers"})

    knocks: int = 0
    whispers: int = 0

    class Settings(Aggregate.Settings):
        name = "visits"
        indexes = [OUTBOX_INDEX]

    @classmethod
    def begin(cls) -> Self:
        """A new one, with one knock."""
        visit = cls(organisation_id=ORGANISATION)
        visit.knock()
        return visit

    def knock(self, by: Actor | None = None) -> Envelope:
        """Counts, and says so."""
        self.knocks += 1
        return self.record(SessionEnded(user_id=self.id), by)

    def whisper(self) -> Envelope:
        """Counts where nobody sees it, and says so."""
        self.whispers += 1
        return self.record(SessionEnded(user_id=self.id), None)


async def knock(id_: UUID) -> Visit:
    """One command, repeated as long as it loses races."""

    async def attempt() -> Visit:
        visit = await Visit.load(id_, ORGANISATION)
        visit.knock()
        return await visit.commit()

    return await retry_on_conflict(attempt)
