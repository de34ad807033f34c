"""Events of every service that change no document: each is saved in a document of its own, which the relay reads."""

from functools import partial
from uuid import UUID

from common import clock
from common.events import Actor, Event
from common.ids import new_id
from common.mongo import Database, call_after_commit
from common.outbox.aggregate import OUTBOX_INDEX, create_envelope, ttl_index
from common.outbox.trigger import notify_committed

COLLECTION = "standalone_events"
KEPT_SECONDS = 24 * 3600
INDEXES = [ttl_index("saved_at", KEPT_SECONDS), OUTBOX_INDEX]


async def save_event(db: Database, event: Event, actor: Actor | None, organisation_id: UUID) -> None:
    """Saves the event, durably, for publication."""
    at = clock.now()
    id_ = new_id(at)
    envelope = create_envelope(event, actor, organisation_id, id_, sequence=1, at=at)
    await db[COLLECTION].insert_one({"_id": id_, "saved_at": at, "outbox": [envelope.model_dump()]})
    call_after_commit(partial(notify_committed, COLLECTION))
