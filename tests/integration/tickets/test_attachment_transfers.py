"""Files on their way over a real connection: how much memory they take, and what is left when it breaks."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from common import clock
from common.mongo import Database
from stack.ports import free_port
from tests.support.desk import ok
from tests.support.eventually import eventually
from tests.support.people import Person, make_organisation, make_person
from tests.support.services import Installation, build
from tests.support.subprocesses import environment_of
from tests.support.uploads import sweep_of
from tickets.attachments.schemas import MAX_BYTES

pytestmark = pytest.mark.asyncio(loop_scope="module")

PIECE = 64 * 1024
ALLOWED_BYTES = 8 * 1024 * 1024
"""What a transfer may take in memory: a third of the largest file."""
HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="blob"\r\n\r\n'
END = b"\r\n--x--\r\n"


@dataclass(frozen=True)
class Served:
    """tickets in a process of its own, and a customer with a ticket."""

    process: asyncio.subprocess.Process
    port: int
    customer: Person
    http: httpx.AsyncClient
    db: Database
    path: str

    def peak_bytes(self) -> int:
        """The most memory that the process ever used."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024

    async def upload(self, size: int) -> dict[str, Any]:
        """Sends so many bytes, a piece at a time."""

        async def form() -> AsyncIterator[bytes]:
            yield HEAD
            for start in range(0, size, PIECE):
                yield b"a" * min(PIECE, size - start)
            yield END

        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        return ok(await self.http.post(self.path, content=form(), headers=headers), 201)

    async def download(self, attachment: dict[str, Any]) -> int:
        """Reads a file, a piece at a time. Returns how many bytes it has."""
        async with self.http.stream("GET", f"/api/v1/attachments/{attachment['id']}") as answer:
            assert answer.status_code == 200
            return sum([len(piece) async for piece in answer.aiter_bytes(PIECE)])

    async def begin_upload(self) -> asyncio.StreamWriter:
        """A connection on which the first megabytes of a larger file were sent, and some of them are stored."""
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            f"POST {self.path} HTTP/1.1\r\nHost: test\r\nContent-Length: {MAX_BYTES}\r\n"
            f"Authorization: {self.customer.headers['Authorization']}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode()
        )
        stored = await self.db["contents.chunks"].count_documents({})
        writer.write(HEAD + b"a" * 3_000_000)
        await writer.drain()

        async def some_is_stored() -> None:
            assert await self.db["contents.chunks"].count_documents({}) > stored + 5

        await eventually(some_is_stored)
        return writer

    async def nothing_is_left(self) -> None:
        """Raises AssertionError while there is anything that belongs to no complete file."""
        complete = [each["_id"] async for each in self.db["contents.files"].find()]
        assert await self.db["attachments"].count_documents({"_id": {"$nin": complete}}) == 0
        assert await self.db["contents.chunks"].count_documents({"files_id": {"$nin": complete}}) == 0


@asynccontextmanager
async def served(installation: Installation) -> AsyncIterator[Served]:
    port = free_port()
    settings = installation.settings("tickets", http_host="127.0.0.1", http_port=port, rate_limits=False)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tickets", "serve"), env=environment_of(settings), stdout=asyncio.subprocess.DEVNULL
    )
    try:
        async with (
            installation.run("auth", rate_limits=False) as auth,
            build("tickets", installation.settings("tickets")).prepared() as service,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as http,
        ):
            await make_organisation("desk")
            customer = await make_person(auth, "customer", "Casey Customer", "desk")
            http.headers.update(customer.headers)

            async def ready() -> None:
                try:
                    assert (await http.get("/readyz")).status_code == 200
                except httpx.TransportError as error:
                    raise AssertionError from error

            await eventually(ready, within=60)
            ticket = ok(await http.post("/api/v1/tickets", json={"title": "Fax", "description": "It smokes."}), 201)
            path = f"/api/v1/tickets/{ticket['id']}/attachments"
            yield Served(process, port, customer, http, service.db, path)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(shared_installation: Installation) -> AsyncIterator[Served]:
    async with served(shared_installation) as desk:
        yield desk


async def test_the_largest_file_goes_up_and_down_in_a_fraction_of_its_size_of_memory(desk: Served) -> None:
    assert await desk.download(await desk.upload(1_000_000)) == 1_000_000
    before = desk.peak_bytes()

    attachment = await desk.upload(MAX_BYTES)
    after_upload = desk.peak_bytes()
    assert await desk.download(attachment) == MAX_BYTES

    assert after_upload - before < ALLOWED_BYTES
    assert desk.peak_bytes() - after_upload < ALLOWED_BYTES


async def test_an_upload_that_breaks_off_leaves_nothing(desk: Served) -> None:
    connection = await desk.begin_upload()

    connection.transport.abort()

    await eventually(desk.nothing_is_left)


# The last one: nothing is served afterwards.
async def test_an_upload_whose_service_is_killed_is_swept_away_when_its_time_is_over(desk: Served) -> None:
    connection = await desk.begin_upload()
    sweep = sweep_of(desk.db)

    desk.process.kill()
    await desk.process.wait()
    connection.transport.abort()

    assert await sweep.sweep() == 0, "it may still be on its way"
    long_ago = {"$set": {"expires_at": clock.now() - timedelta(seconds=1)}}
    assert (await desk.db["attachments"].update_many({"state": "uploading"}, long_ago)).modified_count == 1
    assert await sweep.sweep() == 1
    await desk.nothing_is_left()
