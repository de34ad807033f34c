"""The transactional outbox inside the document: one write saves the state and its events (docs/decisions/0002)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from random import SystemRandom
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from beanie import Document
from beanie.odm.utils.dump import get_dict
from pydantic import Field, PrivateAttr
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from common import clock
from common.causation import current_causation
from common.errors import NotFound, PreconditionFailed, Unavailable, VersionConflict
from common.events import Actor, Envelope, Event
from common.ids import new_id
from common.mongo import ClientSession, call_after_commit, run_in_transaction
from common.outbox.trigger import notify_committed
from common.principal import Principal
from common.telemetry import current_traceparent

T = TypeVar("T")

Scope = UUID | Principal | Mapping[str, Any]
"""Which aggregates may be loaded: those of an organisation (its id), those visible to a caller, or those that match a
MongoDB filter. The last is for callers without a `Principal`, and for a narrower or wider scope than `visible_to`."""

OUTBOX_INDEX = IndexModel([("outbox.0.id", 1)], name="outbox", partialFilterExpression={"outbox.0": {"$exists": True}})
"""Holds only documents with unpublished events, oldest first. Empty when the relay has caught up."""


def ttl_index(field: str, seconds: int) -> IndexModel:
    """MongoDB deletes a document `seconds` after the time in `field`, but none with unpublished events: they would be
    lost."""
    return IndexModel([(field, ASCENDING)], expireAfterSeconds=seconds, partialFilterExpression={"outbox": []})


MAX_BYTES = 8 * 1024**2
"""Of a document with its unpublished events, which accumulate while NATS is away. MongoDB refuses 16 MB, also what the
relay writes into the document; one command adds less than the rest."""
_HAS_ROOM = {"$expr": {"$lt": [{"$bsonSize": "$$ROOT"}, MAX_BYTES]}}
_TOO_LARGE = {"$expr": {"$gte": [{"$bsonSize": "$$ROOT"}, MAX_BYTES]}}

_COUNTERS = frozenset({"sequence", "last_event_at"})
_random = SystemRandom()


class Aggregate(Document):
    """The unit of consistency: one command's changes and events are committed in one write, or not at all.

    `version` counts the writes that change what callers see, and is the ETag; `sequence` counts the events. In MongoDB
    the document has one more field, `outbox`: `commit` appends to it and the relay clears it.
    """

    id: UUID = Field(default_factory=new_id)  # type: ignore[assignment]  # Beanie types any id as ObjectId
    organisation_id: UUID
    version: int = 0
    sequence: int = 0
    last_event_at: datetime | None = None

    unversioned_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields that no response shows. A write that changes only these keeps the version: an ETag must not reveal a
    change that the caller may not see."""

    cleared_by_commit: ClassVar[frozenset[str]] = frozenset()
    """Fields that each commit sets to null, whatever another writer set them to meanwhile. No response shows them."""

    _recorded: list[Envelope] = PrivateAttr(default_factory=list)

    class Settings:
        name: ClassVar[str]
        use_state_management = True
        state_management_replace_objects = True

    @classmethod
    def visible_to(cls, by: Principal) -> dict[str, Any]:
        """The documents that `by` may know of, as a MongoDB filter. Subclasses narrow it."""
        return {"organisation_id": by.organisation_id}

    @classmethod
    async def load(cls, id: UUID, scope: Scope, session: ClientSession | None = None) -> Self:  # noqa: A002
        """One aggregate within `scope`. Raises NotFound for any other."""
        match scope:
            case Principal():
                visible: Mapping[str, Any] = cls.visible_to(scope)
            case UUID():
                visible = {"organisation_id": scope}
            case _:
                visible = scope
        found = await cls.find_one({"_id": id}, visible, session=session)
        if found is None:
            raise NotFound(f"There is no {cls.__name__.lower()} {id}.")
        return found

    @classmethod
    async def modify(
        cls,
        id: UUID,  # noqa: A002
        scope: Scope,
        change: Callable[[Self], Awaitable[object] | None],
        *,
        expected: int | None = None,
        session: ClientSession | None = None,
        initial: Callable[[], Self] | None = None,
    ) -> Self:
        """Loads the aggregate, applies `change` to it and commits; all of it again after a version conflict.

        `scope` is that of `load`. `change` holds the command's own checks and calls methods of the aggregate; it may
        run several times. `expected` is the version of `If-Match`. `initial` makes the aggregate, at version 0, where
        there is none. Raises NotFound, PreconditionFailed, VersionConflict, and what `change` raises.
        """

        async def attempt() -> Self:
            try:
                aggregate = await cls.load(id, scope, session)
            except NotFound:
                if initial is None:
                    raise
                aggregate = initial()
            aggregate.require_version(expected)
            is_new = aggregate.version == 0
            result = change(aggregate)
            if result is not None:
                await result
            try:
                return await aggregate.commit(session)
            except DuplicateKeyError:
                if is_new:
                    raise VersionConflict("Another request created it at the same time.") from None
                raise

        return await attempt() if session is not None else await retry_on_conflict(attempt)

    @classmethod
    async def modify_in_transaction(
        cls,
        id: UUID,  # noqa: A002
        scope: Scope,
        change: Callable[[Self, ClientSession], Awaitable[T]],
        *,
        expected: int | None = None,
    ) -> T:
        """As `modify`, in one transaction with the other documents that `change` writes. Returns its result."""

        async def attempt(session: ClientSession) -> T:
            aggregate = await cls.load(id, scope, session)
            aggregate.require_version(expected)
            result = await change(aggregate, session)
            await aggregate.commit(session)
            return result

        return await run_in_transaction(cls.get_pymongo_collection().database, attempt)

    def next_event_time(self) -> datetime:
        """Now, and at least a millisecond after the previous event.

        Time never runs backwards within one aggregate, whatever the clocks of two replicas say (a hybrid logical
        clock, Kulkarni et al. 2014, with the counter inside the milliseconds).
        """
        now = clock.now()
        return now if self.last_event_at is None else max(now, self.last_event_at + clock.MILLISECOND)

    def record(self, event: Event, actor: Actor | None) -> Envelope:
        """Adds `event` to those that the next `commit` saves, at `next_event_time`."""
        at = self.next_event_time()
        self.last_event_at = at
        self.sequence += 1
        envelope = create_envelope(event, actor, self.organisation_id, self.id, sequence=self.sequence, at=at)
        self._recorded.append(envelope)
        return envelope

    def require_version(self, expected: int | None) -> None:
        """Optimistic concurrency with the caller (`If-Match`). Raises PreconditionFailed for another version."""
        if expected is not None and expected != self.version:
            raise PreconditionFailed(
                f"The current version is {self.version}, not {expected}. Read it again and repeat your change.",
                version=self.version,
            )

    async def commit(self, session: ClientSession | None = None) -> Self:
        """Writes the changes and the recorded events in one atomic write. Does nothing where there are none.

        Raises VersionConflict if another writer committed since this was loaded, Unavailable if its unpublished events
        are too large, and DuplicateKeyError for a new aggregate whose id or unique field is taken. In a transaction,
        load inside it: its body may run again.
        """
        new = self.version == 0
        changes: dict[str, Any] = {} if new else self.get_changes()
        if not new and not changes and not self._recorded:
            return self
        collection = self.get_pymongo_collection()
        if new:
            await collection.insert_one(self.to_insert(), session=session)
        else:
            outbox = [envelope.model_dump() for envelope in self._recorded]
            visible = not outbox or not changes.keys() <= _COUNTERS | self.unversioned_fields
            next_version = self.version + visible
            unchanged = {"_id": self.id, "version": self.version, "sequence": self.sequence - len(outbox), **_HAS_ROOM}
            cleared = dict.fromkeys(self.cleared_by_commit)
            update = {"$set": {**changes, **cleared, "version": next_version}, "$push": {"outbox": {"$each": outbox}}}
            result = await collection.update_one(unchanged, update, session=session)
            if result.matched_count == 0:
                if await collection.find_one({"_id": self.id, **_TOO_LARGE}, {"_id": 1}, session=session):
                    raise Unavailable("Earlier changes are still being processed. Try again later.", retry_after=30)
                raise VersionConflict(
                    "Another request changed it at the same time. Read it again and repeat your change."
                )
        if self._recorded:
            call_after_commit(partial(notify_committed, self.Settings.name))
        # Only now: a commit that failed while the database was away can be tried again.
        self.version = 1 if new else next_version
        self._recorded.clear()
        self._save_state()
        return self

    def to_insert(self) -> dict[str, Any]:
        """The first version as MongoDB stores it, with its outbox."""
        outbox = [envelope.model_dump() for envelope in self._recorded]
        return {**get_dict(self, to_db=True), "version": 1, "outbox": outbox}


def create_envelope(
    event: Event, actor: Actor | None, organisation_id: UUID, aggregate_id: UUID, *, sequence: int, at: datetime
) -> Envelope:
    """The envelope of an event that the current request or event causes."""
    causation = current_causation()
    return Envelope(
        id=new_id(at),
        type=event.type,
        version=event.version,
        time=at,
        organisation_id=organisation_id,
        aggregate_id=aggregate_id,
        sequence=sequence,
        actor=actor,
        causation_id=causation.id if causation else None,
        ip=causation.ip if causation else None,
        user_agent=causation.user_agent if causation else None,
        traceparent=current_traceparent(),
        data=event.model_dump(mode="json"),
    )


async def retry_on_conflict(command: Callable[[], Awaitable[T]], *, times: int = 40) -> T:
    """Repeats a command that loads, decides and commits, while it raises VersionConflict. For commands whose outcome
    is still what the caller meant after somebody else's change. Raises VersionConflict after `times` attempts.
    """
    for attempt in range(times - 1):
        try:
            return await command()
        except VersionConflict:
            # Exponential backoff with full jitter: writers that collided must not collide again.
            await asyncio.sleep(_random.uniform(0, min(0.002 * 2**attempt, 0.1)))
    return await command()
