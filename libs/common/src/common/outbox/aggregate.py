"""A document that carries its own unpublished events, so that one write saves both (docs/decisions/0002)."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from beanie import Document
from beanie.odm.utils.dump import get_dict
from pydantic import Field, PrivateAttr
from pymongo import IndexModel

from common import clock
from common.cause import current_cause
from common.errors import LostRace, NotFound, Stale
from common.events import Actor, Envelope, Event
from common.ids import new_id
from common.mongo import Session, after_commit, insert_missing
from common.outbox.wake import saved
from common.telemetry import current_traceparent

T = TypeVar("T")

OUTBOX_INDEX = IndexModel([("outbox.0.id", 1)], name="outbox", partialFilterExpression={"outbox.0": {"$exists": True}})
"""Holds only the documents that have something to say, oldest first: empty when the relay has caught up."""

_COUNTERS = frozenset({"sequence", "last_event_at"})


class Aggregate(Document):
    """The unit of consistency: whatever one command changes here is saved whole, with its events, or not at all.

    `version` counts the writes that change what is shown, and is the ETag; `sequence` counts the events. In MongoDB
    the document has one more field, `outbox`, which only `commit` (appends) and the relay (removes) touch.
    """

    id: UUID = Field(default_factory=new_id)  # type: ignore[assignment]  # Beanie means any type by ObjectId
    organisation_id: UUID
    version: int = 0
    sequence: int = 0
    last_event_at: datetime | None = None

    unshown: ClassVar[frozenset[str]] = frozenset()
    """Fields that no answer shows. An event that changes nothing else leaves the version as it is: a caller must not
    learn from an ETag that something happened which is not theirs to know."""

    _recorded: list[Envelope] = PrivateAttr(default_factory=list)

    class Settings:
        name: ClassVar[str]
        use_state_management = True
        state_management_replace_objects = True

    @classmethod
    async def load(cls, id: UUID, organisation_id: UUID, session: Session | None = None) -> Self:  # noqa: A002
        """The aggregate with that id in that organisation. Raises NotFound, for another organisation's too."""
        found = await cls.find_one({"_id": id, "organisation_id": organisation_id}, session=session)
        if found is None:
            raise NotFound(f"There is no {cls.__name__.lower()} {id}.")
        return found

    def next_event_time(self) -> datetime:
        """Now, and at least a millisecond after the event before.

        Time never runs backwards within one aggregate, whatever the clocks of two replicas say (a hybrid logical
        clock, Kulkarni et al. 2014, with the counter inside the milliseconds).
        """
        now = clock.now()
        return now if self.last_event_at is None else max(now, self.last_event_at + clock.MILLISECOND)

    def record(self, event: Event, actor: Actor | None) -> Envelope:
        """Notes that `event` happened, at `next_event_time`. It is saved, and later published, by `commit`."""
        at = self.next_event_time()
        self.last_event_at = at
        self.sequence += 1
        cause = current_cause()
        envelope = Envelope(
            id=new_id(at),
            type=event.type,
            version=event.version,
            time=at,
            organisation_id=self.organisation_id,
            aggregate_id=self.id,
            sequence=self.sequence,
            actor=actor,
            cause=cause.id if cause else None,
            ip=cause.ip if cause else None,
            user_agent=cause.user_agent if cause else None,
            traceparent=current_traceparent(),
            data=event.model_dump(mode="json"),
        )
        self._recorded.append(envelope)
        return envelope

    def require_version(self, expected: int | None) -> None:
        """Refuses to go on from another version than the caller has seen (`If-Match`). Raises Stale."""
        if expected is not None and expected != self.version:
            raise Stale(
                f"It is at version {self.version} now, not {expected}: read it again and repeat your change.",
                version=self.version,
            )

    async def commit(self, session: Session | None = None) -> Self:
        """Writes what changed and what happened, in one atomic write. Does nothing where nothing changed.

        Raises LostRace where somebody else wrote since this was loaded, and DuplicateKeyError for a new one whose
        id or unique field is taken. In a transaction, load it inside: the body may be run again.
        """
        new = self.version == 0
        changes = {} if new else self._changes()
        if not new and not changes and not self._recorded:
            return self
        collection = self.get_pymongo_collection()
        if new:
            await collection.insert_one(self.as_new(), session=session)
        else:
            outbox = [envelope.model_dump() for envelope in self._recorded]
            shown = not outbox or not changes.keys() <= _COUNTERS | self.unshown
            next_version = self.version + shown
            result = await collection.update_one(
                {"_id": self.id, "version": self.version, "sequence": self.sequence - len(outbox)},
                {"$set": {**changes, "version": next_version}, "$push": {"outbox": {"$each": outbox}}},
                session=session,
            )
            if result.matched_count == 0:
                raise LostRace("Somebody else changed it at the same moment: read it again and repeat your change.")
        if self._recorded:
            after_commit(partial(saved, self.Settings.name))
        # Only now: a commit that failed while the database was away can be tried again.
        self.version = 1 if new else next_version
        self._recorded.clear()
        self._save_state()
        return self

    @classmethod
    async def add_missing(cls, new: Sequence[Self]) -> None:
        """Writes those of `new` whose id is not there yet, each atomically with its events. Done again, or by two
        replicas at once, it completes what is missing: for effects whose ids follow from their cause."""
        if not new:
            return
        await insert_missing(cls.get_pymongo_collection(), [each.as_new() for each in new])
        saved(cls.Settings.name)

    def as_new(self) -> dict[str, Any]:
        """The first version as MongoDB keeps it, with its events."""
        outbox = [envelope.model_dump() for envelope in self._recorded]
        return {**get_dict(self, to_db=True), "version": 1, "outbox": outbox}

    def _changes(self) -> dict[str, Any]:
        changes: dict[str, Any] = self.get_changes()
        return changes


async def attempt_until_won(command: Callable[[], Awaitable[T]], *, times: int = 40) -> T:
    """Repeats a command that reads, decides and commits, as long as it loses races. For commands whose outcome is
    still what the caller meant when somebody else's came first. Raises LostRace after `times` attempts.
    """
    for attempt in range(times - 1):
        try:
            return await command()
        except LostRace:
            # Full jitter: writers that collided must not meet again.
            await asyncio.sleep(random.uniform(0, min(0.002 * 2**attempt, 0.1)))  # noqa: S311
    return await command()
