"""Events that a service can neither handle nor give up just now take nothing from those of other aggregates."""

import asyncio

import pytest

from common.errors import Unavailable
from common.events import Envelope, Event
from common.ids import new_id
from common.messaging.parked_retries import CONCURRENCY
from common.messaging.results import ACK, HandlerResult, Retry
from common.mongo import Database
from tests.integration.common.conftest import Brokers
from tests.integration.common.listening import consumer_of, letters_of, settled, the_letter
from tests.integration.common.test_common_parked_events import Ledger, events_of, nothing_parked, publish_in_order
from tests.support.eventually import eventually
from tests.support.messaging import a_session_ended, running


async def test_aggregates_whose_every_attempt_meets_an_outage_do_not_keep_others_from_theirs(
    db: Database, brokers: Brokers
) -> None:
    ledger = Ledger(db)
    stuck, other = [a_session_ended() for _ in range(CONCURRENCY)], a_session_ended()
    ledger.block(*(event.aggregate_id for event in [*stuck, other]))
    too_slow = {event.id for event in stuck}

    async def handler(event: Event, envelope: Envelope) -> HandlerResult:
        if not ledger.blocked and envelope.id in too_slow:
            raise Unavailable("the query takes too long")
        return await ledger(event, envelope)

    async with running(consumer_of(db, brokers.tickets, handler, retry_delays=(1,) * 1000)):
        await publish_in_order(brokers, [*stuck, other])
        await eventually(lambda: settled(brokers))
        ledger.blocked.clear()
        await eventually(lambda: ledger.has_handled([other]), within=15)
        too_slow.clear()
        await eventually(lambda: ledger.has_handled(stuck))
        await eventually(lambda: nothing_parked(db))
    assert await letters_of(brokers.tickets) == []


async def test_parked_events_that_cannot_be_read_stay_and_do_not_keep_others_from_their_attempts(
    db: Database, brokers: Brokers
) -> None:
    ledger = Ledger(db)
    unreadable, other = [a_session_ended() for _ in range(CONCURRENCY)], a_session_ended()
    ledger.block(*(event.aggregate_id for event in [*unreadable, other]))
    async with running(consumer_of(db, brokers.tickets, ledger, retry_delays=(1,) * 1000)):
        await publish_in_order(brokers, [*unreadable, other])
        await eventually(lambda: settled(brokers))
        broken = {"_id": {"$in": [event.deduplication_id for event in unreadable]}}
        await db["parked_events"].update_many(broken, {"$unset": {"message.headers.ce-time": ""}})
        ledger.blocked.clear()
        await eventually(lambda: ledger.has_handled([other]), within=15)
    assert await db["parked_events"].count_documents({}) == CONCURRENCY


@pytest.mark.parametrize("reason", ["a lone \ud800", "x" * 2**24], ids=["not Unicode", "larger than a document"])
async def test_an_event_fails_and_becomes_a_dead_letter_whatever_its_handler_says(
    db: Database, brokers: Brokers, reason: str
) -> None:
    async def handler(_event: Event, _envelope: Envelope) -> HandlerResult:
        return Retry(reason)

    async with running(consumer_of(db, brokers.tickets, handler)):
        await publish_in_order(brokers, [event := a_session_ended()])
        letter = await eventually(lambda: the_letter(brokers.tickets), within=15)
    assert letter.headers["ce-id"] == str(event.id)


async def test_a_handler_that_waits_for_something_cancelled_fails_and_later_events_follow(
    db: Database, brokers: Brokers
) -> None:
    handled: list[int] = []
    cancelled = [1]

    async def handler(_event: Event, envelope: Envelope) -> HandlerResult:
        if cancelled:
            cancelled.clear()
            shared = asyncio.get_running_loop().create_future()
            shared.cancel()
            await shared
        handled.append(envelope.sequence)
        return ACK

    async def all_handled() -> None:
        assert handled == [1, 2, 3]

    async with running(consumer_of(db, brokers.tickets, handler)):
        await publish_in_order(brokers, events_of(new_id(), 3))
        await eventually(all_handled, within=15)
