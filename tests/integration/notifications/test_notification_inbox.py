"""Reading one's own inbox."""

import asyncio

import pytest

from tests.support.desk import Desk, problem
from tests.support.inboxes import Inboxes
from tests.support.people import make_agent

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_pages_are_newest_first_and_neither_repeat_nor_skip_while_more_arrives(
    desk: Desk, inboxes: Inboxes
) -> None:
    tickets = await asyncio.gather(*(desk.ticket(desk.customer, title=f"Printer {n}") for n in range(9)))
    await inboxes.settle()
    before = [ticket["id"] for ticket in sorted(tickets, key=lambda ticket: ticket["created_at"])]
    seen = []
    page = await inboxes.page(desk.agent, limit=2)

    while True:
        seen += page["items"]
        await desk.ticket(desk.customer)
        if page["next_cursor"] is None:
            break
        page = await inboxes.page(desk.agent, limit=2, cursor=page["next_cursor"])

    about = [item["ticket_id"] for item in seen if item["kind"] == "ticket_created"]
    assert len(about) == len(set(about)) == len(before)
    assert set(about) == set(before)
    positions = [item["position"] for item in seen]
    assert positions == sorted(positions, reverse=True)
    assert seen[-1]["kind"] == "welcome"


async def test_pages_hold_what_happened_in_the_same_millisecond_once(desk: Desk, inboxes: Inboxes) -> None:
    for _ in range(5):
        await desk.ticket(desk.customer)
    await inboxes.settle()
    mine = {"recipient_id": desk.agent.id}
    [first, *_] = await inboxes.notifications.db["notifications"].find(mine).to_list()
    await inboxes.notifications.db["notifications"].update_many(mine, {"$set": {"created_at": first["created_at"]}})

    seen: list[str] = []
    page = await inboxes.page(desk.agent, limit=1)
    while page["next_cursor"] is not None:
        seen += [item["id"] for item in page["items"]]
        page = await inboxes.page(desk.agent, limit=1, cursor=page["next_cursor"])
    seen += [item["id"] for item in page["items"]]

    assert len(seen) == len(set(seen)) == 6


async def test_nobody_sees_the_notifications_of_others(desk: Desk, inboxes: Inboxes) -> None:
    second = await make_agent(desk.auth, "Bea Agent", desk.organisation)
    await inboxes.settle()
    await desk.change_status(desk.agent, await desk.ticket(desk.customer), "pending")
    await inboxes.settle()

    inbox_of = {person.id: await inboxes.page(person) for person in (desk.customer, desk.agent, second)}
    ids = [item["id"] for page in inbox_of.values() for item in page["items"]]
    assert len(ids) == len(set(ids))
    assert await inboxes.kinds(second) == ["ticket_created"]
    assert await inboxes.kinds(desk.customer) == ["status_changed"]
    # A cursor from another person's list shows no more than one's own.
    page = await inboxes.page(desk.agent, limit=1)
    shown = await inboxes.page(desk.customer, cursor=page["next_cursor"])
    own = {item["id"] for item in inbox_of[desk.customer.id]["items"]}
    assert {item["id"] for item in shown["items"]} <= own


async def test_without_a_token_there_is_no_inbox(inboxes: Inboxes) -> None:
    problem(await inboxes.notifications.http.get("/api/v1/notifications"), 401, "unauthenticated")


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "IngiCg",
        "WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgIjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwNyJd",
        "WzEsIDJd",
        "W10",
    ],
)
async def test_a_cursor_no_inbox_handed_out_is_refused(desk: Desk, inboxes: Inboxes, cursor: str) -> None:
    answer = await inboxes.notifications.http.get(
        "/api/v1/notifications", headers=desk.agent.headers, params={"cursor": cursor}
    )

    problem(answer, 400, "invalid_cursor")


@pytest.mark.parametrize("limit", ["0", "101", "x"])
async def test_a_limit_outside_of_1_to_100_is_a_wrong_field(desk: Desk, inboxes: Inboxes, limit: str) -> None:
    answer = await inboxes.notifications.http.get(
        "/api/v1/notifications", headers=desk.agent.headers, params={"limit": limit}
    )

    assert [wrong["field"] for wrong in problem(answer, 422, "invalid")["errors"]] == ["limit"]
