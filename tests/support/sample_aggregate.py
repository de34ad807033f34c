"""A small aggregate of auth, for tests of the outbox."""

from typing import ClassVar, Self
from uuid import UUID

from common.events import Actor, Envelope
from common.events.auth import SessionEnded
from common.ids import new_id
from common.outbox import Aggregate, retry_on_conflict
from common.outbox.aggregate import OUTBOX_INDEX

ORGANISATION = new_id()


class Sample(Aggregate):
    """Each change increments a counter and records one event of a type that services subscribe to."""

    unversioned_fields: ClassVar = frozenset({"hidden_changes"})

    changes: int = 0
    hidden_changes: int = 0

    class Settings(Aggregate.Settings):
        name = "samples"
        indexes = [OUTBOX_INDEX]

    @classmethod
    def new(cls) -> Self:
        """With one change."""
        sample = cls(organisation_id=ORGANISATION)
        sample.change()
        return sample

    def change(self, by: Actor | None = None) -> Envelope:
        self.changes += 1
        return self.record(SessionEnded(user_id=self.id), by)

    def change_hidden(self) -> Envelope:
        """Changes no versioned field."""
        self.hidden_changes += 1
        return self.record(SessionEnded(user_id=self.id), None)


async def change_sample(id_: UUID) -> Sample:
    async def attempt() -> Sample:
        sample = await Sample.load(id_, ORGANISATION)
        sample.change()
        return await sample.commit()

    return await retry_on_conflict(attempt)
