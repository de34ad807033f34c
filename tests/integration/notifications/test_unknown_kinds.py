"""What a newer version stored is served by this one, after a roll-back: kinds are open words."""

from typing import Any
from uuid import UUID

import pytest

from tests.support.desk import Desk, ok, problem
from tests.support.eventually import eventually
from tests.support.inboxes import Inboxes
from tests.support.people import Person
from tests.support.sse_client import Streams

pytestmark = pytest.mark.asyncio(loop_scope="module")

UNKNOWN = {"kind": "bounced_back", "audience": "admins"}
PREFERENCES = "/api/v1/notifications/preferences"


async def store_unknown_kind(inboxes: Inboxes, person: Person) -> UUID:
    """Somebody's newest notification becomes one of a kind that this version does not know."""
    [newest, *_] = (await inboxes.page(person))["items"]
    await inboxes.notifications.db["notifications"].update_one({"_id": UUID(newest["id"])}, {"$set": UNKNOWN})
    return UUID(newest["id"])


async def test_an_inbox_shows_it_and_it_can_be_read(desk: Desk, inboxes: Inboxes) -> None:
    await desk.ticket(desk.customer)
    await inboxes.settle()
    id_ = await store_unknown_kind(inboxes, desk.agent)

    shown = (await inboxes.page(desk.agent))["items"][0]

    assert (shown["id"], shown["kind"], shown["audience"]) == (str(id_), "bounced_back", "admins")
    marked = await inboxes.notifications.http.post(f"/api/v1/notifications/{id_}/read", headers=desk.agent.headers)
    assert ok(marked)["kind"] == "bounced_back"


async def test_a_live_stream_sends_it_and_goes_on(streams: Streams) -> None:
    person = await streams.somebody()
    await store_unknown_kind(streams.inboxes, person)
    tab = streams.listener(person, 0)
    async with tab.listening(streams.urls[0]):
        await streams.tell(person)

        async def both() -> None:
            assert [each["kind"] for each in tab.seen] == ["bounced_back", "status_changed"]

        await eventually(both)


async def test_preferences_leave_it_out_and_a_change_of_others_keeps_it(desk: Desk, inboxes: Inboxes) -> None:
    people = inboxes.notifications.db["people"]
    later: list[dict[str, Any]] = [
        {"kind": "bounced_back", "scope": "mine", "channel": "email", "when": "never"},
        {"kind": "replied", "scope": "team", "channel": "in_app", "when": "never"},
        {"kind": "replied", "scope": "mine", "channel": "email", "when": "daily"},
    ]
    await people.update_one({"_id": desk.customer.id}, {"$set": {"choices": later}})
    http, headers = inboxes.notifications.http, desk.customer.headers

    shown = ok(await http.get(PREFERENCES, headers=headers))["items"]
    assert not [each for each in shown if each["chosen"]]

    choice = {"kind": "status_changed", "scope": "mine", "channel": "email", "when": "never"}
    changed = ok(await http.put(PREFERENCES, headers=headers, json={"choices": [choice]}))["items"]
    assert [each["kind"] for each in changed if each["chosen"]] == ["status_changed"]
    stored = await people.find_one({"_id": desk.customer.id})
    assert stored is not None
    assert stored["choices"] == [*later, choice]

    ticket = await desk.ticket(desk.customer)
    await desk.wrote(desk.agent, ticket)
    assert await inboxes.notifications_of(desk.customer) == (["replied"], ["replied"])


async def test_a_preference_for_it_is_refused(desk: Desk, inboxes: Inboxes) -> None:
    choice = {"kind": "bounced_back", "scope": "mine", "channel": "email", "when": "never"}
    answer = await inboxes.notifications.http.put(
        PREFERENCES, headers=desk.customer.headers, json={"choices": [choice]}
    )
    assert "Input should be one of welcome, " in problem(answer, 422, "invalid")["errors"][0]["message"]


async def test_kinds_without_an_event_are_not_offered(desk: Desk, inboxes: Inboxes) -> None:
    shown = ok(await inboxes.notifications.http.get(PREFERENCES, headers=desk.agent.headers))["items"]
    assert {"sla_warned", "sla_breached", "merged"}.isdisjoint({each["kind"] for each in shown})
