"""An answer that is sent as it is made, as a reader and the server between see it."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message, Scope

from common.http.streaming import StreamedResponse

SCOPE: Scope = {"type": "http"}


class Maker:
    """Makes pieces, and counts them. Fails at the one that is `broken`."""

    def __init__(self, count: int, *, broken: int | None = None) -> None:
        self.made = 0
        self._count = count
        self._broken = broken

    async def pieces(self) -> AsyncIterator[bytes]:
        for number in range(self._count):
            if number == self._broken:
                raise RuntimeError("no more")
            self.made += 1
            yield b"%d" % number


class Reader:
    """Takes pieces, and goes away after so many."""

    def __init__(self, *, leaves_after: int | None = None) -> None:
        self.got: list[Message] = []
        self._leaves_after = leaves_after
        self._gone = asyncio.Event()

    async def send(self, message: Message) -> None:
        self.got.append(message)
        if self._leaves_after is not None and len(self.got) > self._leaves_after:
            self._gone.set()
            await asyncio.sleep(0)

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.got)

    @property
    def whole(self) -> bool:
        return self.got[-1].get("more_body") is False


async def read(maker: Maker, reader: Reader) -> None:
    answer = await StreamedResponse.of(maker.pieces(), media_type="text/csv")
    await answer(SCOPE, reader.receive, reader.send)


async def test_pieces_are_sent_in_order_and_then_it_is_over() -> None:
    reader = Reader()

    await read(Maker(4), reader)

    assert (reader.body, reader.whole) == (b"0123", True)
    names = {name for name, _ in reader.got[0]["headers"]}
    assert names == {b"content-type"}


async def test_a_piece_is_made_when_the_one_before_was_taken() -> None:
    maker, reader = Maker(1000), Reader()
    taking = asyncio.Event()

    async def send(message: Message) -> None:
        await taking.wait()
        await reader.send(message)

    answer = await StreamedResponse.of(maker.pieces(), media_type="text/csv")
    sending = asyncio.create_task(answer(SCOPE, reader.receive, send))
    await asyncio.sleep(0.05)
    assert maker.made == 1
    taking.set()
    await sending
    assert maker.made == 1000


async def test_for_a_reader_who_is_gone_nothing_more_is_made() -> None:
    maker, reader = Maker(1000), Reader(leaves_after=3)

    await read(maker, reader)

    assert maker.made < 6
    assert not reader.whole


async def test_what_fails_before_the_first_piece_is_no_answer_yet() -> None:
    with pytest.raises(RuntimeError):
        await StreamedResponse.of(Maker(4, broken=0).pieces(), media_type="text/csv")


async def test_what_fails_later_leaves_the_answer_unfinished() -> None:
    reader = Reader()

    with pytest.raises(RuntimeError):
        await read(Maker(4, broken=2), reader)

    assert (reader.body, reader.whole) == (b"01", False)
