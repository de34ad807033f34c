"""What people choose to hear, what admins choose for all, and the link that stops mails without logging in."""

import asyncio
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from common.outbox import EventLog, EventSelection
from notifications import policy
from notifications.preferences import queries
from tests.support.desk import Desk, ok, problem
from tests.support.eventually import eventually
from tests.support.inboxes import Inboxes
from tests.support.people import Person, another_organisation, make_person
from tests.support.suppressions import suppress

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/api/v1/notifications/preferences"


async def ask(inboxes: Inboxes, person: Person, method: str, path: str = "", **more: Any) -> httpx.Response:
    """Any call below /notifications/preferences."""
    headers = {**person.headers, **more.pop("headers", {})}
    return await inboxes.notifications.http.request(method, f"{PATH}{path}", headers=headers, **more)


Choice = dict[str, str | None]


def choice(kind: str, scope: str, channel: str, when: str | None) -> Choice:
    return {"kind": kind, "scope": scope, "channel": channel, "when": when}


async def choose(inboxes: Inboxes, person: Person, *choices: Choice, path: str = "") -> httpx.Response:
    return await ask(inboxes, person, "PUT", path, json={"choices": list(choices)})


def held(body: dict[str, Any]) -> dict[str, tuple[str, str, bool]]:
    """What holds, the default, and whether it was chosen, by kind, scope and channel."""
    return {
        f"{item['kind']}.{item['scope']}.{item['channel']}": (item["when"], item["default"], item["chosen"])
        for item in body["items"]
    }


async def admin_of(desk: Desk) -> Person:
    return await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)


async def test_everybody_is_shown_all_they_can_choose_and_what_holds(desk: Desk, inboxes: Inboxes) -> None:
    await inboxes.settle()
    customer = held(ok(await ask(inboxes, desk.customer, "GET")))
    agent = held(ok(await ask(inboxes, desk.agent, "GET")))

    assert customer["replied.mine.email"] == ("immediately", "immediately", False)
    assert not [name for name in customer if name.startswith(("noted", "assigned")) or ".all." in name]
    assert agent["noted.all.email"] == ("never", "never", False)
    assert agent["ticket_created.unassigned.in_app"] == ("immediately", "immediately", False)
    assert not [name for name in {**customer, **agent} if name.startswith(("password", "verify", "invitation"))]


async def test_people_whose_address_is_suppressed_see_it_beside_their_choices_without_what_an_admin_typed(
    desk: Desk, inboxes: Inboxes
) -> None:
    admin = await admin_of(desk)
    await suppress(inboxes.installation, desk.agent.organisation_id, desk.customer.email, "He complains of everything.")
    await suppress(inboxes.installation, desk.agent.organisation_id, desk.agent.email, "permanent_failure")
    await inboxes.settle()

    for person, reason in ((desk.customer, "manual"), (desk.agent, "permanent_failure"), (admin, None)):
        assert ok(await ask(inboxes, person, "GET"))["email_suppression"] == reason
        assert ok(await choose(inboxes, person))["email_suppression"] == reason


async def test_the_staff_of_a_large_desk_see_new_tickets_in_the_queue_unless_they_choose(
    desk: Desk, inboxes: Inboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await admin_of(desk)
    await inboxes.settle()
    name = "ticket_created.unassigned.in_app"
    monkeypatch.setattr(policy, "SMALL_DESK", 1)
    monkeypatch.setattr(queries, "CACHE_SECONDS", 0)

    assert held(ok(await ask(inboxes, desk.agent, "GET")))[name] == ("never", "never", False)
    assert held(ok(await ask(inboxes, admin, "GET", "/defaults/staff")))[name] == ("never", "never", False)
    ok(await choose(inboxes, admin, choice("ticket_created", "unassigned", "in_app", "immediately")))

    await desk.ticket(desk.customer)

    assert await inboxes.notifications_of(admin) == (["ticket_created"], [])
    assert await inboxes.notifications_of(desk.agent) == ([], [])


async def test_what_somebody_chose_holds_from_then_on(desk: Desk, inboxes: Inboxes) -> None:
    await inboxes.settle()
    chosen = await choose(
        inboxes,
        desk.customer,
        choice("replied", "mine", "email", "never"),
        choice("status_changed", "mine", "in_app", "never"),
    )
    assert held(ok(chosen))["replied.mine.email"] == ("never", "immediately", True)
    assert held(ok(await ask(inboxes, desk.customer, "GET"))) == held(ok(chosen))

    ticket = await desk.ticket(desk.customer)
    await desk.wrote(desk.agent, ticket)
    await desk.change_status(desk.agent, ticket, "resolved")
    assert await inboxes.notifications_of(desk.customer) == (["replied"], ["status_changed"])

    back = await choose(
        inboxes,
        desk.customer,
        choice("replied", "mine", "email", None),
        choice("status_changed", "mine", "in_app", None),
    )
    assert not any(is_chosen for _, _, is_chosen in held(ok(back)).values())
    await desk.wrote(desk.agent, ticket)
    assert await inboxes.notifications_of(desk.customer) == (["replied", "replied"], ["status_changed", "replied"])


async def test_a_choice_that_the_body_does_not_name_stays(desk: Desk, inboxes: Inboxes) -> None:
    admin = await admin_of(desk)
    await inboxes.settle()
    replied, changed = choice("replied", "mine", "email", "never"), choice("status_changed", "mine", "email", "never")
    for person, path in ((desk.customer, ""), (admin, "/defaults/customers")):
        for each in ([replied], [changed], []):
            ok(await choose(inboxes, person, *each, path=path))

        now = held(ok(await ask(inboxes, person, "GET", path)))

        assert {name for name, (when, *_) in now.items() if when == "never" and name.endswith("mine.email")} >= {
            "replied.mine.email",
            "status_changed.mine.email",
        }, path or "own"


async def test_an_agent_can_choose_to_hear_of_tickets_that_are_not_theirs(desk: Desk, inboxes: Inboxes) -> None:
    await inboxes.settle()
    ok(await choose(inboxes, desk.agent, choice("status_changed", "all", "email", "immediately")))

    await desk.change_status(desk.customer, await desk.ticket(desk.customer), "resolved")

    assert await inboxes.notifications_of(desk.agent) == (["ticket_created"], ["status_changed"])


@pytest.mark.parametrize(
    "wrong",
    [
        choice("noted", "mine", "email", "immediately"),
        choice("replied", "all", "email", "immediately"),
        choice("password_reset", "mine", "email", "never"),
        choice("invitation", "mine", "email", "never"),
    ],
)
async def test_what_can_not_be_chosen_is_a_wrong_field(desk: Desk, inboxes: Inboxes, wrong: Choice) -> None:
    await inboxes.settle()
    right = choice("replied", "mine", "in_app", "never")

    refused = problem(await choose(inboxes, desk.customer, right, wrong), 422, "invalid")

    assert [each["field"] for each in refused["errors"]] == ["choices.1"]
    assert not any(is_chosen for *_, is_chosen in held(ok(await ask(inboxes, desk.customer, "GET"))).values())


async def test_a_choice_made_twice_and_a_time_that_is_none_are_refused(desk: Desk, inboxes: Inboxes) -> None:
    await inboxes.settle()
    once = choice("replied", "mine", "in_app", "never")
    problem(await choose(inboxes, desk.customer, once, once), 422, "invalid")
    problem(await choose(inboxes, desk.customer, {**once, "when": "sometimes"}), 422, "invalid")
    problem(await choose(inboxes, desk.customer, {**once, "more": "x"}), 422, "invalid")


async def test_a_change_meant_for_another_version_is_refused(desk: Desk, inboxes: Inboxes) -> None:
    await inboxes.settle()
    seen = (await ask(inboxes, desk.customer, "GET")).headers["ETag"]
    body = {"choices": [choice("replied", "mine", "email", "never")]}
    first = await ask(inboxes, desk.customer, "PUT", json=body, headers={"If-Match": seen})
    assert first.status_code == 200
    assert first.headers["ETag"] != seen

    second = await ask(inboxes, desk.customer, "PUT", json={"choices": []}, headers={"If-Match": seen})

    problem(second, 412, "precondition_failed")


async def test_choices_made_at_the_same_moment_are_each_made_whole(desk: Desk, inboxes: Inboxes) -> None:
    await inboxes.settle()
    whens = ["never", "immediately"] * 4

    answers = await asyncio.gather(
        *(
            choose(
                inboxes,
                desk.customer,
                choice("replied", "mine", "email", when),
                choice("replied", "mine", "in_app", when),
            )
            for when in whens
        )
    )

    assert {answer.status_code for answer in answers} == {200}
    now = held(ok(await ask(inboxes, desk.customer, "GET")))
    assert now["replied.mine.email"][0] == now["replied.mine.in_app"][0]


async def test_what_an_admin_chose_holds_for_all_who_did_not(desk: Desk, inboxes: Inboxes) -> None:
    admin = await admin_of(desk)
    other = await make_person(desk.auth, "customer", "Nora Neighbour", desk.organisation)
    await inboxes.settle()
    ok(await choose(inboxes, other, choice("replied", "mine", "email", "immediately")))

    off = choice("replied", "mine", "email", "never")
    chosen = await choose(inboxes, admin, off, path="/defaults/customers")

    assert held(ok(chosen))["replied.mine.email"] == ("never", "never", False)
    assert held(ok(await ask(inboxes, desk.customer, "GET")))["replied.mine.email"] == ("never", "never", False)
    assert held(ok(await ask(inboxes, other, "GET")))["replied.mine.email"] == ("immediately", "never", True)
    assert held(ok(await ask(inboxes, desk.agent, "GET")))["replied.mine.email"][0] == "immediately"
    for person in (desk.customer, other):
        await desk.wrote(desk.agent, await desk.ticket(person))
    assert await inboxes.notifications_of(desk.customer) == (["replied"], [])
    assert await inboxes.notifications_of(other) == (["replied"], ["replied"])


async def test_defaults_are_of_one_organisation_and_for_admins_to_set(desk: Desk, inboxes: Inboxes) -> None:
    admin = await admin_of(desk)
    elsewhere = await make_person(desk.auth, "admin", "Eve Elsewhere", await another_organisation())
    await inboxes.settle()
    off = choice("ticket_created", "unassigned", "in_app", "never")
    ok(await choose(inboxes, admin, off, path="/defaults/staff"))

    for path in ("/defaults/staff", "/defaults/customers"):
        for person in (desk.customer, desk.agent):
            problem(await ask(inboxes, person, "GET", path), 403, "forbidden")
            problem(await choose(inboxes, person, path=path), 403, "forbidden")
    theirs = held(ok(await ask(inboxes, elsewhere, "GET", "/defaults/staff")))
    assert theirs["ticket_created.unassigned.in_app"][0] == "immediately"
    ours = held(ok(await ask(inboxes, admin, "GET", "/defaults/staff")))
    assert ours["ticket_created.unassigned.in_app"][0] == "never"


async def test_another_replica_learns_of_defaults_within_moments(
    desk: Desk, inboxes: Inboxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "CACHE_SECONDS", 0.1)
    admin = await admin_of(desk)
    await inboxes.settle()
    other = queries.DefaultsCache()
    assert await other.of(desk.customer.organisation_id) == {}

    ok(await choose(inboxes, admin, choice("replied", "mine", "email", "never"), path="/defaults/customers"))

    async def learnt() -> None:
        assert "customers" in await other.of(desk.customer.organisation_id)

    await eventually(learnt)


async def test_choices_are_events_that_say_what_changed(desk: Desk, inboxes: Inboxes) -> None:
    admin = await admin_of(desk)
    await inboxes.settle()
    ok(await choose(inboxes, desk.customer, choice("replied", "mine", "email", "never")))
    ok(await choose(inboxes, desk.customer, choice("replied", "mine", "email", "never")))
    ok(await choose(inboxes, desk.customer, choice("replied", "mine", "email", None)))
    ok(await choose(inboxes, admin, choice("escalated", "mine", "email", "never"), path="/defaults/staff"))
    await inboxes.settle()

    chosen = EventSelection(type="notifications.preferences.updated", organisation_id=desk.customer.organisation_id)
    said = [
        (event.actor and event.actor.id, event.data["changes"], event.data["defaults_for"])
        async for event in EventLog(inboxes.notifications.db).read(chosen)
    ]

    off, on = {"before": None, "after": "never"}, {"before": "never", "after": None}
    assert said == [
        (desk.customer.id, {"replied.mine.email": off}, None),
        (desk.customer.id, {"replied.mine.email": on}, None),
        (admin.id, {"escalated.mine.email": off}, "staff"),
    ]


async def link_in_a_mail(desk: Desk, inboxes: Inboxes) -> str:
    """Where the mail about a reply says that mails like it can be stopped."""
    await desk.wrote(desk.agent, await desk.ticket(desk.customer))
    await inboxes.settle()
    [mail] = await inboxes.mails(desk.customer)
    assert mail.unsubscribe_token is not None
    return f"/api/v1/notifications/unsubscribe?token={quote(mail.unsubscribe_token, safe='')}"


async def test_one_click_stops_mails_of_that_kind_and_of_no_other(desk: Desk, inboxes: Inboxes) -> None:
    link = await link_in_a_mail(desk, inboxes)

    for _ in range(2):
        answer = await inboxes.notifications.http.post(
            link,
            content="List-Unsubscribe=One-Click",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 200
        assert "unsubscribed from emails like this one" in answer.text

    now = held(ok(await ask(inboxes, desk.customer, "GET")))
    assert {name for name, (_, _, is_chosen) in now.items() if is_chosen} == {"replied.mine.email"}
    ticket = await desk.ticket(desk.customer)
    await desk.wrote(desk.agent, ticket)
    await desk.change_status(desk.agent, ticket, "resolved")
    kinds, mails = await inboxes.notifications_of(desk.customer)
    assert kinds == ["replied", "replied", "status_changed"]
    assert mails == ["replied", "status_changed"]


async def test_opening_the_link_asks_first_since_programs_open_links_too(desk: Desk, inboxes: Inboxes) -> None:
    link = await link_in_a_mail(desk, inboxes)

    answer = await inboxes.notifications.http.get(link)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert '<form method="post">' in answer.text
    assert not any(is_chosen for *_, is_chosen in held(ok(await ask(inboxes, desk.customer, "GET"))).values())


async def test_a_program_that_asks_for_the_headers_of_the_link_gets_those_of_the_page(
    desk: Desk, inboxes: Inboxes
) -> None:
    link = await link_in_a_mail(desk, inboxes)

    head, got = await inboxes.notifications.http.head(link), await inboxes.notifications.http.get(link)

    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Type", "Content-Length", "Content-Security-Policy"):
        assert head.headers[name] == got.headers[name]
    assert not any(is_chosen for *_, is_chosen in held(ok(await ask(inboxes, desk.customer, "GET"))).values())


MADE_UP_TOKENS = ["", "x", "gAAAAABk", "é", "a" * 900]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", MADE_UP_TOKENS)
async def test_a_made_up_link_is_not_there(inboxes: Inboxes, method: str, token: str) -> None:
    answer = await inboxes.notifications.http.request(
        method, "/api/v1/notifications/unsubscribe", params={"token": token}
    )

    problem(answer, 404, "not_found")


@pytest.mark.parametrize("token", MADE_UP_TOKENS)
async def test_a_program_that_asks_for_the_headers_of_a_made_up_link_hears_that_it_is_not_there(
    inboxes: Inboxes, token: str
) -> None:
    answer = await inboxes.notifications.http.head("/api/v1/notifications/unsubscribe", params={"token": token})

    assert (answer.status_code, answer.content) == (404, b"")
