"""Whatever is published by hand to a stream becomes a dead letter, and holds up nothing."""

from collections.abc import Callable

import pytest

from common.errors import Conflict
from common.events import Envelope, Event
from common.messaging.dead_letter import DeadLetters
from common.messaging.delivery import RawMessage
from common.messaging.publisher import JetStreamPublisher
from common.messaging.results import HandlerResult, Reject
from common.mongo import Database
from tests.integration.common.conftest import Brokers
from tests.integration.common.listening import consumers_with_replays, letters_of, settled, the_letter
from tests.support.eventually import eventually
from tests.support.messaging import RecordingHandler, a_session_ended, running

SUBJECT = "auth.session.ended.v1.x.y"
Message = tuple[str, dict[str, str], bytes]
"""Subject, headers, body."""


def largest_body(size: int) -> Message:
    return SUBJECT, {"ce-id": "kept"}, b"x" * (size - 200)


def largest_headers(_size: int) -> Message:
    """JetStream takes 64 KiB of them."""
    return SUBJECT, {"ce-id": "kept", **{f"X-{n}": "x" * 13_080 for n in range(5)}}, b""


@pytest.mark.parametrize("make", [largest_body, largest_headers])
async def test_a_message_that_no_dead_letter_can_carry_is_described_by_one(
    db: Database, brokers: Brokers, make: Callable[[int], Message]
) -> None:
    subject, headers, body = make(brokers.auth.client.max_payload)
    await brokers.auth.client.publish(subject, body, headers=headers)
    await brokers.auth.client.flush()
    handler, following = RecordingHandler(), a_session_ended()

    async with running(*consumers_with_replays(db, brokers.tickets, handler)):
        letter = await eventually(lambda: the_letter(brokers.tickets), within=15)
        await JetStreamPublisher(brokers.auth).publish(following)
        await eventually(lambda: settled(brokers))

    assert [event.id for event in handler.received] == [following.id]
    assert letter.reason.startswith("not an event: header ce-")
    assert "Message 1 of the stream AUTH" in letter.reason
    assert letter.headers["ce-id"] == "kept"
    assert letter.subject == subject
    assert letter.omitted_bytes > 0
    with pytest.raises(Conflict) as refused:
        await DeadLetters(brokers.tickets, "tickets").replay(letter.sequence)
    assert refused.value.slug == "dead_letter_incomplete"
    await DeadLetters(brokers.tickets, "tickets").discard(letter.sequence)
    assert await letters_of(brokers.tickets) == []


async def test_a_message_that_is_described_again_after_a_crash_has_one_dead_letter(brokers: Brokers) -> None:
    subject, headers, body = largest_body(brokers.auth.client.max_payload)
    message = RawMessage("AUTH:7", "AUTH", subject, headers, body)

    for _ in range(2):
        await DeadLetters(brokers.tickets, "tickets").store(message, Reject("broken"), attempts=1)

    assert (await the_letter(brokers.tickets)).omitted_bytes == len(body)


async def test_the_dead_letter_of_a_message_that_fits_is_complete(db: Database, brokers: Brokers) -> None:
    async def reject(_event: Event, _envelope: Envelope) -> HandlerResult:
        return Reject("broken")

    async with running(*consumers_with_replays(db, brokers.tickets, reject)):
        await JetStreamPublisher(brokers.auth).publish(a_session_ended())
        letter = await eventually(lambda: the_letter(brokers.tickets))

    assert letter.omitted_bytes == 0
    assert letter.reason == "broken"
