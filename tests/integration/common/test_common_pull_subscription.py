"""A standing request brings each message once, is made anew when it has ended, and leaves nothing behind."""

import asyncio

import pytest
from nats.aio.msg import Msg

from common.messaging import pull_subscription as module
from common.messaging.publisher import JetStreamPublisher
from common.messaging.pull_subscription import PullSubscription
from tests.integration.common.conftest import Brokers
from tests.support.eventually import eventually
from tests.support.messaging import a_session_ended


def pulling(brokers: Brokers, taken: list[Msg]) -> PullSubscription:
    return PullSubscription(brokers.tickets, "AUTH", "tickets", taken.append)


async def publish(brokers: Brokers, count: int) -> list[str]:
    """Their ids, in order."""
    events = [a_session_ended() for _ in range(count)]
    for event in events:
        await JetStreamPublisher(brokers.auth).publish(event)
    return [str(event.id) for event in events]


def ids(taken: list[Msg]) -> list[str]:
    return [message.headers["Nats-Msg-Id"] for message in taken if message.headers]


async def test_each_message_comes_once_and_in_order_over_several_requests(brokers: Brokers) -> None:
    taken: list[Msg] = []
    published = await publish(brokers, 12)
    async with pulling(brokers, taken) as pull:
        for _ in range(4):
            assert pull.needs_request
            await pull.request(3)
            await pull.wait(30)
        assert pull.needs_request
    assert ids(taken) == published


async def test_a_request_that_ended_without_a_message_is_due_again(
    brokers: Brokers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REQUEST_SECONDS", 60)
    taken: list[Msg] = []
    async with pulling(brokers, taken) as pull:
        with monkeypatch.context() as patch:
            patch.setattr(module, "REQUEST_SECONDS", 0.2)
            for _ in range(3):
                await pull.request(5)
                assert not pull.needs_request
                await pull.wait(30)
                assert pull.needs_request
        assert (taken, pull.problem) == ([], None)
        await pull.request(5)
        published = await publish(brokers, 5)
        await pull.wait(30)
    assert ids(taken) == published


async def test_a_request_that_was_lost_on_the_way_is_due_again(
    brokers: Brokers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object, **__: object) -> None:
        """Nobody gets it."""

    async with pulling(brokers, []) as pull:
        with monkeypatch.context() as patch:
            patch.setattr(module, "REQUEST_SECONDS", -0.8)
            patch.setattr(brokers.tickets.client, "publish", lost)
            await pull.request(5)
        assert not pull.needs_request

        async def due() -> None:
            assert pull.needs_request

        await eventually(due)


async def test_it_says_so_when_the_consumer_goes_away(brokers: Brokers) -> None:
    async with pulling(brokers, []) as pull:
        await pull.request(5)

        async def request_stands() -> None:
            # The server queues requests. Deleted before it took this one, the consumer would not answer at all.
            info = await brokers.tickets.jetstream.consumer_info("AUTH", "tickets")
            assert info.num_waiting == 1

        await eventually(request_stands)
        await brokers.provisioner.jetstream.delete_consumer("AUTH", "tickets")
        await pull.wait(30)
        assert pull.problem is not None
        assert "Consumer Deleted" in pull.problem


async def test_what_comes_while_it_ends_is_taken_or_comes_again(brokers: Brokers) -> None:
    mine, theirs = list[Msg](), list[Msg]()
    async with pulling(brokers, mine) as pull:
        await pull.request(200)
        publishing = asyncio.create_task(publish(brokers, 200))

        async def some() -> None:
            assert len(mine) > 20

        await eventually(some, every=0.001)
    for message in mine:
        await message.ack()
    published = await publishing
    async with pulling(brokers, theirs) as pull:
        await pull.request(200)

        async def all_came() -> None:
            assert sorted(ids(mine) + ids(theirs)) == sorted(published)

        await eventually(all_came)
