"""Live streams: everybody sees what is theirs, in order, once, wherever they are connected."""

import asyncio
import random

import pytest

from notifications.stream import response
from tests.support.eventually import eventually
from tests.support.sse_client import PATH, Listener, Streams

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_comes_is_told_at_once_on_every_replica(streams: Streams) -> None:
    person = await streams.somebody()
    tabs = [streams.listener(person) for _ in streams.urls]
    async with tabs[0].listening(streams.urls[0]), tabs[1].listening(streams.urls[1]):
        await streams.tell(person)

        async def all_notified() -> None:
            for tab in tabs:
                assert len(tab.seen) == 1

        # Well before either would have looked by itself.
        await eventually(all_notified, within=response.POLL_SECONDS - 1)

    [told_here], [told_there] = (tab.seen for tab in tabs)
    assert told_here == told_there
    assert (told_here["kind"], told_here["title"]) == ("status_changed", f"Printer of {person.name}")
    listed = (await streams.inboxes.page(person))["items"]
    assert told_here == listed[0]


async def test_without_a_position_a_stream_begins_with_what_comes_next(streams: Streams) -> None:
    person = await streams.somebody()
    tab = streams.listener(person)
    async with tab.listening(streams.urls[0]):
        assert tab.last_event_id == "1"
    await streams.tell(person)

    async with tab.listening(streams.urls[1]):

        async def resumed() -> None:
            assert tab.positions == [2]

        await eventually(resumed)


async def test_many_readers_on_two_replicas_see_just_their_own_in_order_though_they_drop_and_resume(
    streams: Streams,
) -> None:
    people = await streams.some_people(10)
    listeners = [(person, streams.listener(person, 0)) for person in people for _ in range(5)]
    finished = asyncio.Event()

    async def read(tab: Listener) -> None:
        while not finished.is_set():
            async with tab.listening(random.choice(streams.urls)):
                with_luck = random.choice([0.2, 1.5, 30])
                try:
                    async with asyncio.timeout(with_luck):
                        await finished.wait()
                except TimeoutError:
                    continue

    reading = [asyncio.create_task(read(tab)) for _, tab in listeners]
    for _ in range(8):
        await streams.tell(*random.sample(people, len(people)))

    async def everybody_was_told() -> None:
        for person, tab in listeners:
            assert len(tab.seen) >= 9, f"{person.name} saw {tab.positions}"

    try:
        await eventually(everybody_was_told, within=60, every=0.2)
    finally:
        finished.set()
        await asyncio.gather(*reading)

    for person, tab in listeners:
        assert tab.positions == list(range(1, 10))
        assert {each["title"] for each in tab.seen[1:]} == {f"Printer of {person.name}"}


async def test_a_word_that_does_not_come_delays_and_loses_nothing(
    streams: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response, "POLL_SECONDS", 0.2)
    person = await streams.somebody()

    async def drop(_subject: str, _body: bytes) -> None:
        pass

    for replica in streams.replicas:
        monkeypatch.setattr(replica.service.broadcaster, "publish", drop)
    tab = streams.listener(person, 0)
    task = asyncio.create_task(tab.listen(streams.urls[1]))
    await tab.connected.wait()
    await streams.tell(person, person)

    async def all_notified() -> None:
        assert tab.positions == [1, 2, 3]

    await eventually(all_notified)
    task.cancel()


async def test_an_idle_stream_is_kept_alive(streams: Streams, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response, "HEARTBEAT_SECONDS", 0.1)
    tab = streams.listener(await streams.somebody())
    async with tab.listening(streams.urls[0]):

        async def beats() -> None:
            assert tab.heartbeats >= 2

        await eventually(beats)
    assert tab.seen == []


async def test_a_stream_is_passed_on_at_once_and_kept_by_nobody(streams: Streams) -> None:
    person = await streams.somebody()
    async with streams.http.stream("GET", f"{streams.urls[0]}{PATH}", headers=person.headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Length" not in answer.headers


async def test_a_position_that_was_never_reached_is_taken_for_the_last_one(streams: Streams) -> None:
    person = await streams.somebody()
    tab = streams.listener(person, 4711)
    async with tab.listening(streams.urls[0]):
        assert tab.last_event_id == "1"
