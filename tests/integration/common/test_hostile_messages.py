"""Whatever a service publishes, the services that subscribe to it go on: each message is settled once."""

from urllib.parse import quote

import pytest

from common.messaging import wire
from common.messaging.dead_letter import DeadLetters
from common.messaging.publisher import JetStreamPublisher
from common.messaging.results import Reject
from common.mongo import Database
from tests.integration.common.conftest import Brokers
from tests.integration.common.listening import consumer_of, consumers_with_replays, letters_of, settled, the_letter
from tests.integration.common.raw_client import connected_as, publish_raw
from tests.support.eventually import eventually
from tests.support.messaging import RecordingHandler, a_session_ended, running
from tests.support.services import Installation

HEADERS = {
    "a status of JetStream": b"Status: 409\r\nDescription: Consumer Deleted\r\n",
    "another status": b"Status: 100\r\n",
    "a condition of one publication": b"Nats-Expected-Stream: AUTH\r\n",
    "a claim that it is incomplete": b"Helpdesk-Dead-Omitted-Bytes: 7\r\n",
    "a claim that is no number": b"Helpdesk-Dead-Omitted-Bytes: x\r\n",
    "a name that no client sends": b"a(b: c\r\n",
    "a name with NUL": b"a\0b: c\r\n",
    "a value with NUL": b"ab: c\0d\r\n",
    "a line that is no header": b"abc\r\n: def\r\n",
}


@pytest.mark.parametrize("more", HEADERS.values(), ids=HEADERS)
async def test_an_event_with_foreign_headers_becomes_a_dead_letter_that_can_be_replayed_and_is_not_delivered_again(
    db: Database, brokers: Brokers, installation: Installation, more: bytes
) -> None:
    event = a_session_ended()
    headers, body = wire.encode(event)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    await publish_raw(installation, "auth", event.subject, b"NATS/1.0\r\n" + more + lines + b"\r\n", body)
    handler = RecordingHandler(Reject("never"))
    async with running(*consumers_with_replays(db, brokers.tickets, handler)):
        await eventually(lambda: settled(brokers), within=15)
        letter = await the_letter(brokers.tickets)
        await DeadLetters(brokers.tickets, "tickets").replay(letter.sequence)

        async def failed_again() -> None:
            assert (await the_letter(brokers.tickets)).sequence > letter.sequence

        await eventually(failed_again)
    assert [each.id for each in handler.received] == [event.id, event.id]


async def test_events_follow_those_whose_headers_look_like_a_status_of_jetstream(
    db: Database, brokers: Brokers, installation: Installation
) -> None:
    concurrency = 8
    handler = RecordingHandler()
    async with connected_as(installation, "auth", []) as client:
        for event in (a_session_ended() for _ in range(2 * concurrency)):
            headers, body = wire.encode(event)
            await client.publish(event.subject, body, headers={**headers, "Status": "409"})
        await client.flush()
    await JetStreamPublisher(brokers.auth).publish(last := a_session_ended())
    async with running(consumer_of(db, brokers.tickets, handler, concurrency=concurrency)):
        await eventually(lambda: settled(brokers), within=15)
    assert handler.received[-1].id == last.id
    assert set(handler.deliveries().values()) == {1}


SUBJECTS = {
    "longer than NATS allows with the prefix of a dead letter": "auth.session.ended.v1." + 4_030 * "a",
    "of many words": "auth.session.ended.v1" + 2_000 * ".a",
    "with characters that cannot be seen": "auth.session.ended.v1.\x01\x7f",
    "with wildcards": "auth.session.ended.v1.*.>",
}


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
async def test_events_follow_a_message_with_a_strange_subject_whose_dead_letter_can_be_replayed_and_discarded(
    db: Database, brokers: Brokers, installation: Installation, subject: str
) -> None:
    handler = RecordingHandler()
    await publish_raw(installation, "auth", subject, b"NATS/1.0\r\n\r\n", b"{}")
    await JetStreamPublisher(brokers.auth).publish(event := a_session_ended())
    dead = DeadLetters(brokers.tickets, "tickets")
    async with running(*consumers_with_replays(db, brokers.tickets, handler)):
        await eventually(lambda: settled(brokers), within=15)
        letter = await the_letter(brokers.tickets)
        assert letter.subject == quote(subject, safe="*>")[:500]
        assert letter.organisation_id is None
        await dead.replay(letter.sequence)

        async def came_back() -> int:
            again = await the_letter(brokers.tickets)
            assert again.sequence > letter.sequence
            return again.sequence

        await dead.discard(await eventually(came_back))
    assert [each.id for each in handler.received] == [event.id]
    assert await letters_of(brokers.tickets) == []


async def test_a_dead_letter_that_was_published_by_hand_is_listed_and_can_be_replayed_and_discarded(
    db: Database, brokers: Brokers, installation: Installation
) -> None:
    event = a_session_ended()
    async with connected_as(installation, "tickets", []) as client:
        await client.publish("dead_letters.tickets.anything", b"")
        await client.publish(f"dead_letters.tickets.{event.subject}", b"{}", headers={"Helpdesk-Dead-Attempts": "x"})
        await client.flush()

    async def both() -> None:
        assert [each.subject for each in await letters_of(brokers.tickets)] == ["anything", event.subject]

    await eventually(both, within=15)
    first, second = await letters_of(brokers.tickets)
    assert (first.reason, first.handler, first.attempts, first.body) == ("unknown", "unknown", 0, "")
    assert second.organisation_id == str(event.organisation_id)
    await DeadLetters(brokers.tickets, "tickets").discard(first.sequence)
    async with running(*consumers_with_replays(db, brokers.tickets, RecordingHandler())):
        await DeadLetters(brokers.tickets, "tickets").replay(second.sequence)

        async def came_back() -> None:
            assert (await the_letter(brokers.tickets)).reason == "not an event: header ce-type is missing"

        await eventually(came_back, within=15)
