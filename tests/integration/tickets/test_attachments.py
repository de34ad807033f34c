"""Files that come with messages: taken, shown to whom it may concern, refused, and never left behind."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from common import clock
from common.events.tickets import AttachmentAdded, MessagePosted
from common.ids import new_id
from tests.support.desk import Desk, ok, problem
from tests.support.people import another_organisation, make_agent
from tests.support.uploads import left, sweep_of
from tickets.attachments import sweep
from tickets.attachments.gridfs import CHUNK_BYTES
from tickets.attachments.schemas import MAX_BYTES

pytestmark = pytest.mark.asyncio(loop_scope="module")

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4


@pytest.fixture(scope="module", autouse=True)
def _nobody_else_sweeps() -> Iterator[None]:
    """The service sweeps when it starts, and not again: what happens is what a test does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweep, "PAUSE_SECONDS", 3600.0)
        yield


async def test_a_file_goes_with_a_message_and_comes_back_as_it_was(desk: Desk) -> None:
    ticket = await desk.ticket()
    file = await desk.uploaded(desk.customer, ticket, PNG, "photo.png")
    assert (file["name"], file["media_type"], file["size"]) == ("photo.png", "image/png", len(PNG))
    assert (file["message_id"], file["visibility"]) == (None, None)

    message = await desk.wrote(desk.customer, ticket, "Look.", attachment_ids=[file["id"]])

    shown = {name: file[name] for name in ("id", "name", "media_type", "size")}
    assert message["attachments"] == [shown]
    [listed] = await desk.attachments(desk.agent, ticket)
    assert listed == {**file, "message_id": message["id"], "visibility": "public", "expires_at": None}
    assert (await desk.download(desk.agent, file)).content == PNG


@pytest.mark.parametrize("body", ["", " \n\t"])
async def test_a_file_can_be_sent_without_words(desk: Desk, body: str) -> None:
    ticket = await desk.ticket()
    file = await desk.uploaded(desk.customer, ticket)

    message = await desk.wrote(desk.customer, ticket, body, attachment_ids=[file["id"]])

    assert (message["body"], [each["id"] for each in message["attachments"]]) == ("", [file["id"]])
    assert (await desk.conversation(desk.agent, ticket))["items"] == [message]
    _, posted, _ = await desk.logged_events(ticket, length=3)
    assert MessagePosted.model_validate(posted.data).body == ""


async def test_a_message_without_words_and_files_is_refused_with_what_to_do(desk: Desk) -> None:
    refused = problem(await desk.write(desk.customer, await desk.ticket(), body=" ", attachment_ids=[]), 422, "invalid")

    [error] = refused["errors"]
    assert error["field"] == "body"
    assert "Enter some text or attach a file." in error["message"]


async def test_a_message_and_each_of_its_files_are_told(desk: Desk) -> None:
    ticket = await desk.ticket()
    files = [await desk.uploaded(desk.agent, ticket, name=f"{n}.txt") for n in range(2)]

    ids = [file["id"] for file in files]
    message = await desk.wrote(desk.agent, ticket, visibility="internal", attachment_ids=ids)

    _, posted, *added = await desk.logged_events(ticket, length=4)
    assert [str(each.id) for each in MessagePosted.model_validate(posted.data).attachments] == ids
    told = [AttachmentAdded.model_validate(event.data) for event in added]
    assert [(str(each.attachment.id), each.visibility) for each in told] == [(id_, "internal") for id_ in ids]
    assert {str(each.message_id) for each in told} == {message["id"]}


async def test_a_download_is_saved_and_never_shown_in_our_name(desk: Desk) -> None:
    ticket = await desk.ticket()
    page = await desk.uploaded(desk.customer, ticket, b"<!doctype html><script>alert(1)</script>", "Grüße.txt")
    photo = await desk.uploaded(desk.customer, ticket, PNG, 'a"b.png')
    blob = await desk.uploaded(desk.customer, ticket, b"{\\rtf1 Hello.}", "blob")

    answers = [await desk.download(desk.customer, file) for file in (page, photo, blob)]

    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; sandbox; base-uri 'none'; frame-ancestors 'none'"
        )
        assert answer.headers["Content-Length"] == str(len(answer.content))
        assert answer.headers["Cache-Control"] == "no-store"
    types = [answer.headers["Content-Type"] for answer in answers]
    assert types == ["text/plain; charset=utf-8", "image/png", "application/octet-stream"]
    disposition = answers[0].headers["Content-Disposition"]
    assert disposition == "attachment; filename=\"Gr__e.txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt"


async def test_a_file_is_its_uploaders_alone_until_it_goes_with_a_message(desk: Desk) -> None:
    ticket = await desk.ticket()
    file = await desk.uploaded(desk.agent, ticket)
    colleague = await desk.joined_by("agent", "Cora Colleague")

    assert await desk.attachments(desk.agent, ticket) == [file]
    assert (await desk.download(desk.agent, file)).status_code == 200
    for person in (desk.customer, colleague):
        assert await desk.attachments(person, ticket) == []
        problem(await desk.download(person, file), 404, "not_found")
        problem(await desk.write(person, ticket, attachment_ids=[file["id"]]), 422, "invalid")


async def test_files_of_an_internal_note_do_not_exist_for_a_customer(desk: Desk) -> None:
    ticket = await desk.ticket()
    file = await desk.uploaded(desk.agent, ticket)
    await desk.wrote(desk.agent, ticket, visibility="internal", attachment_ids=[file["id"]])

    assert await desk.attachments(desk.customer, ticket) == []
    hidden = problem(await desk.download(desk.customer, file), 404, "not_found")
    missing = problem(await desk.download(desk.customer, {"id": str(new_id())}), 404, "not_found")
    assert hidden["detail"].replace(file["id"], "") == missing["detail"].replace(missing["instance"][-36:], "")
    colleague = await desk.joined_by("agent", "Cora Colleague")
    assert (await desk.download(colleague, file)).status_code == 200


async def test_nobody_of_another_organisation_or_another_customer_reaches_a_file(desk: Desk) -> None:
    stranger = await make_agent(desk.auth, "Sam Stranger", await another_organisation())
    neighbour = await desk.joined_by("customer", "Nora Neighbour")
    ticket = await desk.ticket()
    file = await desk.uploaded(desk.customer, ticket)
    await desk.wrote(desk.customer, ticket, attachment_ids=[file["id"]])

    for outsider in (stranger, neighbour):
        problem(await desk.download(outsider, file), 404, "not_found")
        problem(await desk.upload(outsider, ticket), 404, "not_found")
        problem(await desk.ask(outsider, "GET", f"/{ticket['id']}/attachments"), 404, "not_found")
    assert await left(desk) == {"attachments": 1, "orphans": 0}


async def test_a_file_goes_with_one_message_only_and_only_on_its_ticket(desk: Desk) -> None:
    ticket, other = await desk.ticket(), await desk.ticket()
    file = await desk.uploaded(desk.customer, ticket)

    problem(await desk.write(desk.customer, other, attachment_ids=[file["id"]]), 422, "invalid")
    answers = await asyncio.gather(
        *(desk.write(desk.customer, ticket, f"{n}", attachment_ids=[file["id"]]) for n in range(5))
    )

    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422, 422]
    assert (await desk.get(desk.customer, ticket))["message_count"] == 1


async def test_at_most_ten_files_wait_for_a_message_and_go_with_it(desk: Desk) -> None:
    ticket = await desk.ticket()
    files = [await desk.uploaded(desk.customer, ticket, name=f"{n}.txt") for n in range(10)]

    problem(await desk.upload(desk.customer, ticket), 409, "too_many_attachments")
    too_many = [*(file["id"] for file in files), str(new_id())]
    problem(await desk.write(desk.customer, ticket, attachment_ids=too_many), 422, "invalid")
    message = await desk.wrote(desk.customer, ticket, attachment_ids=too_many[:10])

    assert [each["name"] for each in message["attachments"]] == [f"{n}.txt" for n in range(10)]
    await desk.uploaded(desk.customer, ticket)


@pytest.mark.parametrize("size", [1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, MAX_BYTES])
async def test_every_size_up_to_the_largest_comes_back_whole(desk: Desk, size: int) -> None:
    ticket = await desk.ticket()
    content = (b"%PDF-1.7\n" + bytes(range(251)) * (size // 251 + 1))[:size]

    file = await desk.uploaded(desk.customer, ticket, content, "blob")

    assert file["size"] == size
    assert (await desk.download(desk.customer, file)).content == content


async def test_a_repeated_upload_is_one_file(desk: Desk) -> None:
    ticket = await desk.ticket()

    answers = await asyncio.gather(*(desk.upload(desk.customer, ticket, PNG, "a.png", key="k") for _ in range(4)))
    again = await desk.upload(desk.customer, ticket, PNG, "a.png", key="k")

    assert {ok(answer, 201)["id"] for answer in answers} == {ok(again, 201)["id"]}
    problem(await desk.upload(desk.customer, ticket, PNG + b"!", "a.png", key="k"), 422, "idempotency_key_reused")
    assert await left(desk) == {"attachments": 1, "orphans": 0}


async def test_what_nobody_posted_in_time_is_removed_and_can_not_be_posted_any_more(desk: Desk) -> None:
    ticket = await desk.ticket()
    kept = await desk.uploaded(desk.customer, ticket, b"kept")
    await desk.wrote(desk.customer, ticket, attachment_ids=[kept["id"]])
    file = await desk.uploaded(desk.customer, ticket)
    assert await sweep_of(desk.tickets.db).sweep() == 0
    await let_expire(desk, file)

    assert await sweep_of(desk.tickets.db).sweep() == 1

    assert await desk.attachments(desk.customer, ticket) == [kept | await one(desk, kept)]
    problem(await desk.write(desk.customer, ticket, attachment_ids=[file["id"]]), 422, "invalid")
    assert await left(desk) == {"attachments": 1, "orphans": 0}


async def one(desk: Desk, file: dict[str, Any]) -> dict[str, Any]:
    [found] = [
        each for each in await desk.attachments(desk.agent, {"id": file["ticket_id"]}) if each["id"] == file["id"]
    ]
    return found


async def let_expire(desk: Desk, file: dict[str, Any]) -> None:
    past = {"$set": {"expires_at": clock.now() - timedelta(seconds=1)}}
    await desk.tickets.db["attachments"].update_one({"_id": UUID(file["id"])}, past)


async def test_sweeps_at_once_and_one_that_was_killed_midway_leave_nothing(desk: Desk) -> None:
    ticket = await desk.ticket()
    files = [await desk.uploaded(desk.customer, ticket, b"a" * 300_000, f"{n}") for n in range(6)]
    for file in files:
        await let_expire(desk, file)
    # As a sweep that was killed leaves it: the content is half gone, and the attachment says that it is to go.
    await desk.tickets.db["contents.files"].delete_many({"filename": files[0]["id"]})
    await desk.tickets.db["attachments"].update_many({"name": "0"}, {"$set": {"state": "deleting"}})

    removed = await asyncio.gather(*(sweep_of(desk.tickets.db).sweep() for _ in range(3)))

    assert sum(removed) == 6
    assert await left(desk) == {"attachments": 0, "orphans": 0}
