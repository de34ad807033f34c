"""Throttles the mails about one ticket to one person: a busy conversation does not fill a mailbox.

Beyond the limit the newest mail of each kind waits for the next hour, without the text of its message. It replaces
those before it, and says so: one mail stands for all of them (docs/decisions/0037).
"""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from common.errors import NotFound
from common.rate_limits import RateLimiter
from mailer.mail.document import Mail, Status

WINDOW = timedelta(hours=1)


class TicketThrottle:
    """Counted in the database, so all replicas share the count."""

    def __init__(self, limiter: RateLimiter, *, mails: int) -> None:
        self._limiter = limiter
        self._mails = mails

    async def acquire(self, mail: Mail) -> float:
        """Counts a mail that is about to be sent, once however often that fails. Returns 0, or the seconds for which it
        has to wait."""
        if mail.ticket_id is None or mail.counted or mail.bundled:
            return 0
        key = f"ticket-mails:{mail.ticket_id}:{mail.recipient.id}"
        count, seconds_left = await self._limiter.count(key, WINDOW)
        mail.counted = count <= self._mails
        return 0 if mail.counted else seconds_left


async def is_superseded(mail: Mail) -> bool:
    """Whether a newer mail waits, or was sent, in place of this one, which waited too."""
    if not mail.bundled:
        return False
    at = mail.created_at
    later = {"$or": [{"created_at": {"$gt": at}}, {"created_at": at, "_id": {"$gt": mail.id}}]}
    newer = {"$and": [_bundled(mail, "queued", "sending", "sent", "unknown"), later]}
    return await Mail.get_pymongo_collection().find_one(newer, {"_id": 1}) is not None


async def supersede_earlier(mail: Mail) -> None:
    """Suppresses the mail that waited before this one."""
    earlier = {**_bundled(mail, "queued"), "created_at": {"$lte": mail.created_at}}
    found = await Mail.get_pymongo_collection().find_one(earlier, {"_id": 1})
    if found is None:
        return

    def suppress_waiting(waiting: Mail) -> None:
        if waiting.status == "queued":
            waiting.suppress("superseded")

    with suppress(NotFound):
        await Mail.modify(found["_id"], mail.organisation_id, suppress_waiting)


def _bundled(mail: Mail, *statuses: Status) -> dict[str, Any]:
    """One mail of each kind and audience waits: a person who switches off emails of one still receives the others."""
    return {
        "ticket_id": mail.ticket_id,
        "recipient.id": mail.recipient.id,
        "kind": mail.kind,
        "audience": mail.audience,
        "bundled": True,
        "status": {"$in": list(statuses)},
        "_id": {"$ne": mail.id},
    }
