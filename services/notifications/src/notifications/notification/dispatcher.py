"""The handler of every event that causes notifications: selects the recipients and notifies each of them once."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from common.audiences import EMAIL, Audience, Channel
from common.events import Envelope, Event
from common.idempotent_consumer import HandledEvents
from common.messaging.results import ACK, HandlerResult, Retry
from common.notification_kinds import FromRequester
from notifications import policy
from notifications.intents import INTENTS, NotificationIntent
from notifications.notification.document import Notification
from notifications.notification.inbox_writer import InboxWriter
from notifications.person import queries as people
from notifications.person.queries import KnownPerson
from notifications.policy import ChannelSelection, Choices, Segment
from notifications.preferences.queries import DefaultsCache
from notifications.unsubscribe.links import Link, UnsubscribeLinks


@dataclass(frozen=True)
class NotificationDispatcher:
    handled_events: HandledEvents
    writer: InboxWriter
    defaults: DefaultsCache
    links: UnsubscribeLinks

    async def handle(self, event: Event, envelope: Envelope) -> HandlerResult:
        """Idempotent per event and person. Returns Retry until everyone involved is known here."""
        intents = INTENTS[type(event)](event, envelope)
        if not intents:
            return ACK
        defaults = await self.defaults.of(envelope.organisation_id)
        is_handled, known = await asyncio.gather(
            self.handled_events.contains(envelope.deduplication_id),
            _candidates(intents, envelope.organisation_id, defaults.get("staff", {})),
        )
        if is_handled:
            return ACK
        if missing := _involved(intents) - known.keys():
            # The events of auth and tickets travel separately: a person may arrive after their ticket.
            return Retry(f"not known here yet: {', '.join(sorted(map(str, missing)))}")
        if (reachable := [_without_absent_assignee(intent, known) for intent in intents]) != intents:
            # The unassigned queue is concerned, whose people were not loaded.
            intents = reachable
            known |= await _candidates(intents, envelope.organisation_id, defaults.get("staff", {}))
        # Each id is derived from the event and the person: a redelivery only adds the missing notifications.
        await self.writer.append(list(self._notifications(intents, envelope, known, defaults)))
        # The mark keeps a redelivery from notifying people who joined or changed their preferences since.
        await self.handled_events.mark_handled(envelope.deduplication_id)
        return ACK

    def _notifications(
        self,
        intents: Sequence[NotificationIntent],
        envelope: Envelope,
        known: Mapping[UUID, KnownPerson],
        defaults: Mapping[Segment, Choices],
    ) -> Iterator[Notification]:
        actor_id = envelope.actor.id if envelope.actor else None
        remaining = dict(known)
        for intent in intents:
            selected = policy.select_recipients(
                intent.kind,
                [person.candidate for person in remaining.values()],
                actor_id=actor_id,
                ticket=intent.ticket,
                named=intent.named,
                to_unproved=intent.to_unproved,
                defaults=defaults,
            )
            for id_, selection in selected.items():
                person = remaining.pop(id_)
                person = person.at(intent.address)
                token = None
                if Channel.EMAIL in selection.channels and not intent.kind.mandatory:
                    token = self.links.token(Link(envelope.organisation_id, id_, intent.kind.name))
                shown = _with_doubt(intent, known) if selection.audience != Audience.REQUESTER else intent
                yield Notification.of(shown, envelope, person, selection, unsubscribe_token=token)
                if intent.copy_to is not None and Channel.EMAIL in selection.channels:
                    copy, by_email = person.at(intent.copy_to), ChannelSelection(selection.audience, EMAIL)
                    yield Notification.of(intent, envelope, copy, by_email, unsubscribe_token=None, is_copy=True)


def _without_absent_assignee(intent: NotificationIntent, known: Mapping[UUID, KnownPerson]) -> NotificationIntent:
    """A ticket whose assignee cannot answer it concerns whoever watches the unassigned queue, as if it had none."""
    ticket = intent.ticket
    if ticket is None or ticket.assignee is None or policy.is_active_staff(known[ticket.assignee.id].candidate):
        return intent
    return replace(intent, ticket=ticket.model_copy(update={"assignee": None}))


def _with_doubt(intent: NotificationIntent, known: Mapping[UUID, KnownPerson]) -> NotificationIntent:
    """Tells staff that the address of the requester is not confirmed, where the kind may quote the requester."""
    if intent.ticket is None or not isinstance(intent.context, FromRequester):
        return intent
    unconfirmed = not known[intent.ticket.requester.id].candidate.email_verified
    return replace(intent, context=intent.context.model_copy(update={"requester_unconfirmed": unconfirmed}))


def _involved(intents: Sequence[NotificationIntent]) -> frozenset[UUID]:
    return frozenset[UUID]().union(*(intent.involved for intent in intents))


async def _candidates(
    intents: Sequence[NotificationIntent], organisation_id: UUID, staff_defaults: Choices
) -> dict[UUID, KnownPerson]:
    """Everybody who may be notified, as far as they are known here."""
    about_tickets = [intent for intent in intents if intent.ticket is not None or intent.kind.is_about_queue]
    return await people.find_candidates(
        organisation_id,
        _involved(intents),
        [intent.kind.name for intent in about_tickets],
        all_staff=any(
            policy.notifies_onlookers(intent.kind, unassigned=intent.is_unassigned, defaults=staff_defaults)
            for intent in about_tickets
        ),
    )
