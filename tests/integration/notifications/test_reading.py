"""Seen and not seen: one, all, and how many."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.support.desk import Desk, ok, problem
from tests.support.inboxes import Inboxes
from tests.support.messaging import read_event_log
from tests.support.people import Person, make_agent

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ask(inboxes: Inboxes, person: Person, method: str, path: str) -> Any:
    """Any call below /notifications."""
    return await inboxes.notifications.http.request(method, f"/api/v1/notifications{path}", headers=person.headers)


async def unread(inboxes: Inboxes, person: Person) -> int:
    return int(ok(await ask(inboxes, person, "GET", "/unread-count"))["count"])


async def told_of(desk: Desk, inboxes: Inboxes, count: int) -> list[dict[str, Any]]:
    """The agent's inbox, newest first, once that many tickets were opened; the oldest is the welcome."""
    await inboxes.settle()
    for number in range(count):
        await desk.ticket(desk.customer, title=f"Printer {number}")
    await inboxes.settle()
    items: list[dict[str, Any]] = (await inboxes.page(desk.agent, limit=100))["items"]
    assert len(items) == count + 1
    return items


async def test_what_is_read_is_not_counted_and_what_is_unread_again_is(desk: Desk, inboxes: Inboxes) -> None:
    [newest, *_] = await told_of(desk, inboxes, 2)
    assert await unread(inboxes, desk.agent) == 3
    assert newest["read_at"] is None

    read = ok(await ask(inboxes, desk.agent, "POST", f"/{newest['id']}/read"))
    assert read["read_at"] is not None
    assert {**read, "read_at": None} == newest
    assert await unread(inboxes, desk.agent) == 2
    assert (await inboxes.page(desk.agent))["items"][0] == read

    again = ok(await ask(inboxes, desk.agent, "POST", f"/{newest['id']}/unread"))
    assert again == newest
    assert await unread(inboxes, desk.agent) == 3


async def test_reading_changes_nothing_a_second_time_and_is_no_event(desk: Desk, inboxes: Inboxes) -> None:
    [newest, *_] = await told_of(desk, inboxes, 1)
    before = ok(await ask(inboxes, desk.agent, "POST", f"/{newest['id']}/read"))

    answers = await asyncio.gather(*(ask(inboxes, desk.agent, "POST", f"/{newest['id']}/read") for _ in range(5)))

    assert [ok(answer) for answer in answers] == [before] * 5
    assert {answer.headers["ETag"] for answer in answers} == {'"2"'}
    await ask(inboxes, desk.agent, "POST", f"/{newest['id']}/unread")
    await inboxes.settle()
    assert await read_event_log(inboxes.notifications.db, UUID(newest["id"])) == []


async def test_a_mark_during_read_all_is_not_lost(desk: Desk, inboxes: Inboxes) -> None:
    items = await told_of(desk, inboxes, 5)

    answers = await asyncio.gather(
        ask(inboxes, desk.agent, "POST", "/read-all"),
        *(ask(inboxes, desk.agent, "POST", f"/{item['id']}/read") for item in items),
    )

    assert {answer.status_code for answer in answers} == {200}
    assert await unread(inboxes, desk.agent) == 0


async def test_all_that_is_there_is_read_at_once_and_what_comes_later_is_not(desk: Desk, inboxes: Inboxes) -> None:
    await told_of(desk, inboxes, 30)
    second = await make_agent(desk.auth, "Bea Agent", desk.organisation)
    await inboxes.settle()

    assert ok(await ask(inboxes, desk.agent, "POST", "/read-all")) == {"count": 0}

    assert await unread(inboxes, desk.agent) == 0
    assert await unread(inboxes, second) == 1
    assert all(item["read_at"] for item in (await inboxes.page(desk.agent, limit=100))["items"])
    await desk.ticket(desk.customer)
    await inboxes.settle()
    assert await unread(inboxes, desk.agent) == 1


async def test_a_list_can_begin_with_what_is_unread(desk: Desk, inboxes: Inboxes) -> None:
    items = await told_of(desk, inboxes, 5)
    for item in items[1:4]:
        await ask(inboxes, desk.agent, "POST", f"/{item['id']}/read")
    expected = [item["id"] for item in (items[0], *items[4:], *items[1:4])]

    seen: list[str] = []
    page = await inboxes.page(desk.agent, limit=2, unread_first=True)
    while True:
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        page = await inboxes.page(desk.agent, limit=2, unread_first=True, cursor=page["next_cursor"])

    assert seen == expected
    newest_first = await inboxes.page(desk.agent, limit=100)
    assert [item["id"] for item in newest_first["items"]] == [item["id"] for item in items]


@pytest.mark.parametrize("what", ["read", "unread"])
async def test_what_is_somebody_elses_answers_as_what_is_not_there(desk: Desk, inboxes: Inboxes, what: str) -> None:
    [newest, *_] = await told_of(desk, inboxes, 1)

    problem(await ask(inboxes, desk.customer, "POST", f"/{newest['id']}/{what}"), 404, "not_found")
    problem(await ask(inboxes, desk.customer, "POST", f"/{uuid4()}/{what}"), 404, "not_found")
    assert await unread(inboxes, desk.agent) == 2


async def test_what_is_only_mailed_is_in_no_list_and_can_not_be_read(desk: Desk, inboxes: Inboxes) -> None:
    [newest, *_] = await told_of(desk, inboxes, 1)
    only_mailed = {"$set": {"in_app": False, "unread": False}, "$unset": {"position": 1}}
    await inboxes.notifications.db["notifications"].update_one({"_id": UUID(newest["id"])}, only_mailed)

    assert newest["id"] not in [item["id"] for item in (await inboxes.page(desk.agent))["items"]]
    assert await unread(inboxes, desk.agent) == 1
    problem(await ask(inboxes, desk.agent, "POST", f"/{newest['id']}/read"), 404, "not_found")


async def test_lists_and_counts_are_answered_by_an_index_alone(desk: Desk, inboxes: Inboxes) -> None:
    await told_of(desk, inboxes, 3)
    db = inboxes.notifications.db
    own = {"organisation_id": desk.agent.organisation_id, "recipient_id": desk.agent.id}
    inbox = {**own, "position": {"$gt": 0}}

    async def plan(**find: Any) -> str:
        asked = {"explain": {"find": "notifications", **find}, "verbosity": "queryPlanner"}
        explained = await db.command(asked, codec_options=db.codec_options)
        return str(explained["queryPlanner"]["winningPlan"])

    newest = await plan(filter=inbox, sort={"position": -1}, limit=20)
    unread_first = await plan(filter=inbox, sort={"unread": -1, "position": -1}, limit=20)
    after = await plan(filter={**own, "position": {"$gt": 2}}, sort={"position": 1}, limit=20)
    count = await plan(filter={**own, "unread": True}, projection={"_id": 0, "unread": 1})

    for found, index in ((newest, "position"), (unread_first, "unread"), (after, "position"), (count, "unread")):
        assert f"'indexName': '{index}'" in found, found
        assert "COLLSCAN" not in found
        assert "'stage': 'SORT'" not in found, found
    assert "FETCH" not in count, count
