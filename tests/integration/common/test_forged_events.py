"""Whoever has the NATS password of one service cannot speak as another one, nor touch what belongs to another one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from nats.aio.client import Client

from common import clock
from common.events.auth import SigningKeyPublished
from common.ids import new_id
from common.messaging import wire
from common.messaging.dead_letter import DeadLetters
from common.messaging.permissions import permissions_for
from common.messaging.publisher import JetStreamPublisher
from common.messaging.results import Reject
from common.messaging.topology import STREAMS, SUBSCRIPTIONS, consumers_of, dead_letters_of, replays_of, stream_of
from common.mongo import Database
from common.token_trust import TokenTrustStore
from tests.integration.common.conftest import Brokers
from tests.integration.common.listening import Replica, consumer_of, letters_of, the_letter
from tests.integration.common.raw_client import connected_as
from tests.support.eventually import eventually
from tests.support.messaging import RecordingHandler, a_session_ended, envelope_of, messages_in, router_of, running
from tests.support.services import Installation
from tests.support.settled import assert_drained

ATTACKERS = ("notifications", "mailer", "backup")
TAIL = f"{new_id()}.{new_id()}"
REAL = a_session_ended()


def every_consumer(db: Database, brokers: Brokers, handler: RecordingHandler) -> list[Replica]:
    """All consumers of tickets. The handler gets each SessionEnded."""
    streams = [spec.stream for spec in consumers_of("tickets")]
    return [consumer_of(db, brokers.tickets, handler, stream=stream) for stream in streams]


async def all_drained(brokers: Brokers) -> None:
    for spec in consumers_of("tickets"):
        await assert_drained(spec, brokers.provisioner)


def forged_subjects(attacker: str) -> Iterator[str]:
    """Where a forged event of auth might be taken for a real one."""
    own = [each.versioned_type() for each in SUBSCRIPTIONS["tickets"] if each.service() == attacker]
    for subject in (REAL.subject, *(f"{type_}.{TAIL}" for type_ in own)):
        yield subject
        for first in ("auth", "tickets", attacker):
            yield f"replay.{first}.{subject}"
            for second in ("auth", "tickets", attacker):
                yield f"replay.{first}.{second}.{subject}"
    yield f"dead_letters.tickets.{REAL.subject}"


@pytest.mark.parametrize("attacker", ATTACKERS)
async def test_an_event_forged_by_another_service_reaches_no_handler(
    db: Database, brokers: Brokers, installation: Installation, attacker: str
) -> None:
    notes = RecordingHandler()
    async with connected_as(installation, attacker, []) as client:
        for subject in forged_subjects(attacker):
            headers, body = wire.encode(a_session_ended())
            await client.publish(subject, body, headers=headers)
        await client.flush()
    async with running(*every_consumer(db, brokers, notes)):
        await eventually(lambda: all_drained(brokers))
        # An operator who replays what was rejected does not make it true.
        for letter in await letters_of(brokers.tickets):
            await DeadLetters(brokers.tickets, "tickets").replay(letter.sequence)
        await eventually(lambda: all_drained(brokers))
    assert notes.received == []


async def test_a_dead_letter_says_that_subject_and_headers_contradict_each_other(
    db: Database, brokers: Brokers, installation: Installation
) -> None:
    notes = RecordingHandler()
    subject = f"mailer.email.retried.v1.{TAIL}"
    async with connected_as(installation, "mailer", []) as client:
        headers, body = wire.encode(REAL)
        await client.publish(subject, body, headers=headers)
        await client.flush()
    async with running(*every_consumer(db, brokers, notes)):
        await eventually(lambda: all_drained(brokers))
    (letter,) = await letters_of(brokers.tickets)
    assert letter.subject == subject
    assert letter.reason == f"not an event: its headers say {REAL.subject}, its subject {subject}"


@dataclass(frozen=True)
class Requests:
    """What a user may ask of JetStream."""

    client: Client
    user: str

    async def send(self, reply: str) -> None:
        """Each request that the user may send, with another subject for its answer. Returns once all are answered."""
        for subject in permissions_for(self.user).publish:
            if "MSG.NEXT" in subject:
                for options in ({"no_wait": True}, {"expires": 1}, {"expires": 50_000_000}):
                    await self.client.publish(subject, json.dumps({"batch": 1, **options}).encode(), reply=reply)
            elif "*" not in subject:
                await self.client.publish(subject.replace(">", TAIL), b'{"seq": 1}', reply=reply)
        await self.client.flush()
        # Requests of one account are answered in their order.
        for subject in (each for each in permissions_for(self.user).publish if "INFO" in each):
            await self.client.request(subject, timeout=15)


@pytest.mark.parametrize("attacker", ATTACKERS)
@pytest.mark.parametrize(
    "reply",
    [
        "$JS.API.STREAM.PURGE.AUTH",
        "$JS.API.STREAM.DELETE.AUTH",
        "$JS.API.CONSUMER.DELETE.AUTH.tickets",
        "$JS.API.STREAM.PURGE.DEAD_LETTERS_TICKETS",
        REAL.subject,
        f"dead_letters.tickets.{REAL.subject}",
        f"replay.tickets.{REAL.subject}",
        f"replay.tickets.tickets.{REAL.subject}",
        f"replay.auth.tickets.{REAL.subject}",
        "relay_trigger.tickets",
        "_INBOX_tickets.any.1",
    ],
    ids=[
        "purge of a stream",
        "deletion of a stream",
        "deletion of a consumer",
        "purge of dead letters",
        "events",
        "dead letters",
        "replays",
        "replays of itself",
        "replays of the publisher",
        "relay trigger",
        "inbox",
    ],
)
async def test_the_answer_to_a_request_cannot_be_sent_to_what_is_anothers(
    db: Database, brokers: Brokers, installation: Installation, attacker: str, reply: str
) -> None:
    """JetStream publishes answers, deliveries and their statuses as itself, to whatever subject the request names."""
    await JetStreamPublisher(brokers.auth).publish(REAL)
    await JetStreamPublisher(brokers.tickets).send(f"dead_letters.tickets.{REAL.subject}", *wire.encode(REAL))
    before = {spec.name: len(await messages_in(brokers.provisioner, spec.name)) for spec in STREAMS}
    async with connected_as(installation, attacker, []) as client:
        await Requests(client, attacker).send(reply)
    for spec in STREAMS:
        if spec.name not in (name(attacker) for name in (stream_of, dead_letters_of, replays_of)):
            assert len(await messages_in(brokers.provisioner, spec.name)) == before[spec.name], spec.name
    assert {each.name for each in await brokers.provisioner.jetstream.consumers_info("AUTH")} >= {"tickets", "mailer"}


async def test_a_dead_letter_is_kept_although_another_service_published_its_message_id_first(
    db: Database, brokers: Brokers, installation: Installation
) -> None:
    rejected = a_session_ended()
    async with connected_as(installation, "mailer", []) as client:
        await client.publish(f"mailer.email.retried.v1.{TAIL}", b"", headers={wire.MESSAGE_ID: "dead:AUTH:1"})
        await client.publish(f"replay.mailer.mailer.{TAIL}", b"", headers={wire.MESSAGE_ID: "dead:AUTH:1"})
        await Requests(client, "mailer").send(f"dead_letters.tickets.{TAIL}")
    await JetStreamPublisher(brokers.auth).publish(rejected)
    async with running(consumer_of(db, brokers.tickets, RecordingHandler(Reject("never")))):
        await eventually(lambda: assert_drained(consumers_of("tickets")[0], brokers.provisioner))
    stored = await messages_in(brokers.provisioner, "DEAD_LETTERS_TICKETS")
    assert [(found.headers or {}).get("ce-id") for found in stored] == [str(rejected.id)]


async def test_a_replayed_dead_letter_is_handled_although_another_service_published_its_message_id_first(
    db: Database, brokers: Brokers, installation: Installation
) -> None:
    rejected = a_session_ended()
    await JetStreamPublisher(brokers.auth).publish(rejected)
    async with running(consumer_of(db, brokers.tickets, RecordingHandler(Reject("never")))):
        sequence = (await eventually(lambda: the_letter(brokers.tickets))).sequence
    notes = RecordingHandler()
    async with connected_as(installation, "mailer", []) as client:
        poison = {wire.MESSAGE_ID: f"replay:{dead_letters_of('tickets')}:{sequence}"}
        for subject in ("replay.mailer.mailer", "replay.tickets.mailer", "replay.mailer.tickets.mailer"):
            await client.publish(f"{subject}.email.retried.v1.{TAIL}", b"", headers=poison)
        await client.flush()
    async with running(*every_consumer(db, brokers, notes)):
        await DeadLetters(brokers.tickets, "tickets").replay(sequence)
        await eventually(lambda: all_drained(brokers))
    assert [event.id for event in notes.received] == [rejected.id]


async def test_another_service_can_neither_add_a_signing_key_nor_retire_one(
    db: Database, brokers: Brokers, installation: Installation
) -> None:
    real, forged = (
        SigningKeyPublished(kid="real", public_key="A" * 43),
        SigningKeyPublished(kid="evil", public_key="B" * 43),
    )
    retired = real.model_copy(update={"not_after": clock.now() - timedelta(days=1)})
    trusted = envelope_of(real)
    await JetStreamPublisher(brokers.auth).publish(trusted)
    async with connected_as(installation, "mailer", []) as client:
        for envelope in (envelope_of(forged), envelope_of(retired, trusted.aggregate_id, sequence=2**62)):
            headers, body = wire.encode(envelope)
            await client.publish(f"mailer.email.retried.v1.{TAIL}", body, headers=headers)
        await client.flush()
    router = router_of("tickets", TokenTrustStore(db).subscriptions)
    consumers = [Replica(db, brokers.tickets, spec, router, (), 8) for spec in consumers_of("tickets")]
    async with running(*consumers):
        await eventually(lambda: all_drained(brokers))
    assert [(key["kid"], key["not_after"]) async for key in db["trusted_keys"].find()] == [("real", None)]
