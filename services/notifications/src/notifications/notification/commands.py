"""What notifications does when something happened (decides who is told, and tells each of them once), and what people
do with what they were told."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from common.errors import NotFound
from common.events import Envelope, Event
from common.inbox import Inbox
from common.messaging.results import ACK, HandlerResult, Retry
from common.outbox import retry_on_conflict
from common.principal import Principal
from notifications import policy
from notifications.notification import queries
from notifications.notification.document import Notification
from notifications.notification.positions import Positions
from notifications.person import queries as people
from notifications.person.queries import KnownPerson
from notifications.policy import Channel, Choices, Party
from notifications.preferences.queries import KnownDefaults
from notifications.telling import Telling, tellings
from notifications.unsubscribe.links import Link, UnsubscribeLinks

AT_ONCE = 25
"""How many notifications are marked at the same time."""


@dataclass(frozen=True)
class Tell:
    """Tells of events."""

    inbox: Inbox
    positions: Positions
    defaults: KnownDefaults
    links: UnsubscribeLinks

    async def happened(self, event: Event, envelope: Envelope) -> HandlerResult:
        """Handler, of everything that somebody may hear of."""
        told = tellings(event, envelope)
        if not told:
            return ACK
        defaults = await self.defaults.of(envelope.organisation_id)
        told_before, known = await asyncio.gather(
            self.inbox.contains(envelope.id), _known(told, envelope.organisation_id, defaults.get("staff", {}))
        )
        if told_before:
            return ACK
        if missing := _concerned(told) - known.keys():
            # auth's events and tickets' events travel apart: the person may be a moment behind the ticket.
            return Retry(f"not known here yet: {', '.join(sorted(map(str, missing)))}")
        # Each has an id that follows from the event and the person, so a redelivery only adds who was not told yet.
        await self.positions.append(list(self._decided(told, envelope, known, defaults)))
        # And who joins later, or chooses otherwise later, is not told by a redelivery of what was before.
        await self.inbox.mark_handled(envelope.id)
        return ACK

    def _decided(
        self,
        told: Iterable[Telling],
        envelope: Envelope,
        known: Mapping[UUID, KnownPerson],
        defaults: Mapping[Party, Choices],
    ) -> Iterator[Notification]:
        actor_id = envelope.actor.id if envelope.actor else None
        left = dict(known)
        for telling in told:
            decided = policy.decide(
                telling.kind,
                [person.candidate for person in left.values()],
                actor_id=actor_id,
                ticket=telling.ticket,
                named=telling.named,
                defaults=defaults,
            )
            for id_, channels in decided.items():
                recipient = left.pop(id_).reached_at(telling.address)
                token = self._unsubscribe_token(telling, envelope, id_) if Channel.EMAIL in channels else None
                yield Notification.about(telling, envelope, recipient, channels, unsubscribe_token=token)

    def _unsubscribe_token(self, telling: Telling, envelope: Envelope, person_id: UUID) -> str | None:
        if telling.kind in policy.ALWAYS:
            return None
        return self.links.token(Link(envelope.organisation_id, person_id, telling.kind))


async def mark(notification_id: UUID, user: Principal, *, read: bool) -> Notification:
    """Seen, or to be seen again. Raises NotFound, for somebody else's too."""

    async def once() -> Notification:
        found = await Notification.find_one({"_id": notification_id, **queries.inbox_of(user)})
        if found is None:
            raise NotFound(f"There is no notification {notification_id}.")
        return await found.mark(read=read, by=user.actor).commit()

    return await retry_on_conflict(once)


async def mark_all_read(user: Principal) -> None:
    """All that the caller has not seen at this moment."""
    unread = await queries.ids_of_unread(user)
    for first in range(0, len(unread), AT_ONCE):
        await asyncio.gather(*(mark(id_, user, read=True) for id_ in unread[first : first + AT_ONCE]))


def _concerned(told: Iterable[Telling]) -> frozenset[UUID]:
    return frozenset[UUID]().union(*(telling.concerned for telling in told))


async def _known(told: Iterable[Telling], organisation_id: UUID, staff_defaults: Choices) -> dict[UUID, KnownPerson]:
    """Everybody whom it may concern, as far as they are known here."""
    newcomers = [telling.newcomer for telling in told if telling.newcomer is not None]
    if newcomers:
        return {newcomer.id: KnownPerson.newcomer(newcomer) for newcomer in newcomers}
    about = [(telling.kind, telling.ticket) for telling in told if telling.ticket is not None]
    return await people.concerned(
        organisation_id,
        _concerned(told),
        [kind for kind, _ in about],
        all_staff=any(
            policy.tells_staff(kind, unassigned=ticket.assignee is None, defaults=staff_defaults)
            for kind, ticket in about
        ),
    )
