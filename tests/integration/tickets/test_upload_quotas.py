"""How much one person and one organisation can upload, and what is decided before a body is read."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from common import clock
from tests.support.desk import Body, Desk, ok, only_desk, problem
from tests.support.eventually import eventually
from tests.support.services import Installation
from tests.support.uploads import END, FORM, left, part, pieces
from tickets.attachments.schemas import MAX_PER_MESSAGE, MEGABYTE

pytestmark = pytest.mark.asyncio


async def test_parallel_uploads_get_no_more_slots_than_one_message_has(installation: Installation) -> None:
    async with only_desk(installation) as desk:
        ticket = await desk.ticket()

        answers = await asyncio.gather(*(desk.upload(desk.customer, ticket, name=f"{n}.txt") for n in range(30)))

        assert [answer.status_code for answer in answers].count(201) == MAX_PER_MESSAGE
        for answer in answers:
            if answer.status_code != 201:
                problem(answer, 409, "too_many_attachments")
        uploaded = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        await desk.wrote(desk.customer, ticket, attachment_ids=uploaded)
        assert (await desk.upload(desk.customer, ticket)).status_code == 201


async def test_files_of_a_person_are_limited_per_hour(installation: Installation) -> None:
    async with only_desk(installation, rate_limits=True, uploads_per_person_hour=2) as desk:
        ticket = await desk.ticket()
        for _ in range(2):
            await desk.uploaded(desk.customer, ticket)

        answer = await desk.upload(desk.customer, ticket)

        assert "At most 2 files in 1 h" in problem(answer, 429, "too_many_requests")["detail"]
        assert (answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) == ("2", "0")
        assert (await left(desk))["attachments"] == 2
        ok(await desk.upload(desk.agent, ticket), 201)


async def test_a_file_that_is_larger_than_the_whole_quota_is_not_asked_to_try_again(installation: Installation) -> None:
    async with only_desk(installation, rate_limits=True, upload_megabytes_per_person_day=1) as desk:
        answer = await desk.upload(desk.customer, await desk.ticket(), b"a" * 2 * MEGABYTE)

        assert "At most 1 MB of files" in problem(answer, 413, "too_large")["detail"]
        assert "Retry-After" not in answer.headers


async def test_megabytes_of_an_organisation_are_limited_per_day_and_a_small_file_still_fits(
    installation: Installation,
) -> None:
    async with only_desk(installation, rate_limits=True, upload_megabytes_per_organisation_day=4) as desk:
        ticket = await desk.ticket()
        await desk.uploaded(desk.customer, ticket, b"a" * (2 * MEGABYTE - 1_000))

        refused = await desk.upload(desk.agent, ticket, b"a" * (3 * MEGABYTE - 1_000))

        assert "At most 4 MB of files in 24 h" in problem(refused, 429, "too_many_requests")["detail"]
        ok(await desk.upload(desk.agent, ticket), 201)
        metrics = (await desk.tickets.http.get("/metrics")).text
        assert 'helpdesk_quota_refusals_total{quota="upload-megabytes-organisation"}' in metrics


@pytest.mark.parametrize("caller", ["nobody", "somebody else"])
async def test_no_body_is_read_of_a_caller_who_may_not_upload(installation: Installation, caller: str) -> None:
    async with only_desk(installation) as desk:
        other = await desk.joined_by("customer", "Chris Customer")
        headers = {} if caller == "nobody" else other.headers

        async def never() -> AsyncIterator[bytes]:
            raise AssertionError("the body was read")
            yield b""

        answer = await post(desk, await desk.ticket(), never(), headers)

        assert answer.status_code == (401 if caller == "nobody" else 404)


async def test_a_body_that_stops_arriving_is_cut_off_and_nothing_is_left(installation: Installation) -> None:
    async with only_desk(installation, upload_idle_seconds=0.2) as desk:

        async def stalled() -> AsyncIterator[bytes]:
            yield part() + b"Hel"
            await asyncio.Event().wait()

        answer = await post(desk, await desk.ticket(), stalled(), desk.customer.headers)

        problem(answer, 409, "upload_too_slow")
        assert await left(desk) == {"attachments": 0, "orphans": 0}


async def test_a_body_without_a_length_counts_as_the_largest(installation: Installation) -> None:
    async with only_desk(installation, rate_limits=True, upload_megabytes_per_person_day=26) as desk:
        ticket = await desk.ticket()
        await desk.uploaded(desk.customer, ticket)
        body = pieces(part() + b"Hello." + END)

        problem(await post(desk, ticket, body, desk.customer.headers), 429, "too_many_requests")


async def test_an_upload_with_a_key_that_was_used_counts_too(installation: Installation) -> None:
    async with only_desk(installation, rate_limits=True, uploads_per_person_hour=2) as desk:
        ticket = await desk.ticket()
        first = ok(await desk.upload(desk.customer, ticket, key="k"), 201)
        assert ok(await desk.upload(desk.customer, ticket, key="k"), 201) == first

        refused = await desk.upload(desk.customer, ticket, b"Something else.", key="k")

        assert "At most 2 files in 1 h" in problem(refused, 429, "too_many_requests")["detail"]
        assert await left(desk) == {"attachments": 1, "orphans": 0}


async def test_no_more_uploads_with_used_keys_run_at_once_than_one_message_has_files(
    installation: Installation,
) -> None:
    async with only_desk(installation) as desk:
        ticket, finish = await desk.ticket(), asyncio.Event()
        ok(await desk.upload(desk.customer, ticket, key="k"), 201)

        async def held() -> AsyncIterator[bytes]:
            yield part() + b"Hel"
            await finish.wait()
            yield b"lo." + END

        async def all_run() -> None:
            assert (await left(desk))["attachments"] == MAX_PER_MESSAGE + 1

        headers = {**desk.customer.headers, "Idempotency-Key": "k"}
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(post(desk, ticket, held(), headers)) for _ in range(MAX_PER_MESSAGE)]
            await eventually(all_run)
            refused = await desk.upload(desk.customer, ticket, key="k")
            finish.set()

        problem(refused, 409, "too_many_attachments")
        assert len({ok(task.result(), 201)["id"] for task in running}) == 1
        assert await left(desk) == {"attachments": 1, "orphans": 0}


async def test_a_body_whose_part_header_trickles_in_is_cut_off_when_the_time_of_an_upload_is_over(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with only_desk(installation) as desk:
        began_at = clock.now()

        async def trickled() -> AsyncIterator[bytes]:
            yield part()[:30]
            monkeypatch.setattr(clock, "now", lambda: began_at + timedelta(minutes=16))
            yield part()[30:-4]
            monkeypatch.undo()
            yield part()[-4:] + b"Hello." + END

        answer = await post(desk, await desk.ticket(), trickled(), desk.customer.headers)

        problem(answer, 409, "upload_too_slow")
        assert await left(desk) == {"attachments": 0, "orphans": 0}


async def test_messages_of_a_person_in_a_ticket_are_limited_per_hour_and_a_repeated_request_is_not_counted(
    installation: Installation,
) -> None:
    async with only_desk(installation, rate_limits=True) as desk:
        admin = await desk.joined_by("admin", "Ada Admin")
        ok(await desk.call(admin, "PUT", "/settings", json={"messages_per_hour": 10}))
        ticket = await desk.ticket()
        posted = [await desk.write(desk.customer, ticket, key=f"message {n}") for n in range(10)]

        assert ok(await desk.write(desk.customer, ticket, key="message 9"), 201) == ok(posted[9], 201)
        refused = await desk.write(desk.customer, ticket)

        assert "At most 10 in 1 h" in problem(refused, 429, "too_many_requests")["detail"]
        ok(await desk.write(desk.agent, ticket), 201)


async def post(desk: Desk, ticket: Body, content: AsyncIterator[bytes], headers: dict[str, str]) -> httpx.Response:
    path = f"/api/v1/tickets/{ticket['id']}/attachments"
    return await desk.tickets.http.post(path, content=content, headers={**headers, **FORM})
