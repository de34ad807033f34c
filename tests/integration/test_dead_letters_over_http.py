"""Dead letters over HTTP: whose a caller sees, and what replaying and discarding does."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from common.events import Envelope, auth
from common.events.auth import UserRegistered
from common.ids import new_id
from common.messaging.publisher import JetStreamPublisher
from tests.support.eventually import eventually
from tests.support.messaging import envelope_of
from tests.support.people import Person, another_organisation, make_person
from tests.support.services import Installation, RunningService

PATH = "/api/v1/dead-letters/tickets"


NOBODY = auth.Person(id=new_id(), email="nobody@example.org", name="Nobody", role="customer")
BROKEN = {"person": {"id": "what-somebody-wrote"}}


@dataclass(frozen=True)
class Fixture:
    """A running tickets service, and people who may see dead letters."""

    installation: Installation
    tickets: RunningService
    admin: Person
    neighbour: Person
    operator: Person

    async def broken(self, organisation_id: UUID) -> Envelope:
        """An event of that organisation that tickets cannot read, once it is a dead letter."""
        event = UserRegistered(person=NOBODY)
        envelope = envelope_of(event, organisation_id=organisation_id).model_copy(update={"data": BROKEN})
        async with self.installation.connected("auth") as broker:
            await JetStreamPublisher(broker).publish(envelope)

        async def dead() -> None:
            assert str(envelope.id) in [letter["event_id"] for letter in await self.seen(self.operator)]

        await eventually(dead)
        return envelope

    async def ask(self, method: str, path: str, by: Person) -> Any:
        return await self.tickets.http.request(method, f"{PATH}{path}", headers=by.headers)

    async def audited(self, by: Person) -> list[dict[str, Any]]:
        """What the audit trail says about dead letters, newest first."""
        query = {"entity_type": "dead_letter"}
        answer = await self.tickets.http.get("/api/v1/audit", params=query, headers=by.headers)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def seen(self, by: Person, query: str = "") -> list[dict[str, Any]]:
        answer = await self.ask("GET", query, by)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
async def house(installation: Installation) -> AsyncIterator[Fixture]:
    async with installation.run("auth") as auth, installation.run("tickets") as tickets:
        await eventually(tickets.is_ready)
        elsewhere = await another_organisation()
        admin = await make_person(auth, "admin", "Ada Admin")
        operator = await make_person(auth, "operator", "Otto Operator")
        neighbour = await make_person(auth, "admin", "Nora Neighbour", elsewhere)
        yield Fixture(installation, tickets, admin, neighbour, operator)


async def test_an_admin_sees_those_of_the_own_organisation_and_an_operator_all(house: Fixture) -> None:
    ours = await house.broken(house.admin.organisation_id)
    theirs = await house.broken(house.neighbour.organisation_id)
    [letter] = await house.seen(house.admin)
    assert letter["event_id"] == str(ours.id)
    assert (letter["event_type"], letter["attempts"]) == ("auth.user.registered.v1", 1)
    assert letter["data"] == BROKEN
    assert "not a valid auth.user.registered.v1" in letter["reason"]
    assert [each["event_id"] for each in await house.seen(house.neighbour)] == [str(theirs.id)]
    assert [each["event_id"] for each in await house.seen(house.operator)] == [str(ours.id), str(theirs.id)]

    path = f"/{letter['sequence']}"
    assert (await house.ask("GET", path, house.admin)).json() == letter
    for method, tail in (("GET", ""), ("POST", "/replay"), ("DELETE", "")):
        answer = await house.ask(method, f"{path}{tail}", house.neighbour)
        unknown = await house.ask(method, f"/999{tail}", house.neighbour)
        assert answer.status_code == unknown.status_code == 404
    assert len(await house.seen(house.operator)) == 2


async def test_an_operator_sees_why_an_event_failed_and_not_what_is_in_it(house: Fixture) -> None:
    await house.broken(house.admin.organisation_id)
    [for_admin] = await house.seen(house.admin)

    [listed] = await house.seen(house.operator)
    shown = (await house.ask("GET", f"/{listed['sequence']}", house.operator)).json()

    assert for_admin["data"] == BROKEN
    assert listed == shown == {**for_admin, "data": None}
    assert "person.id" in listed["reason"]
    assert BROKEN["person"]["id"] not in listed["reason"]


async def test_they_are_listed_page_by_page(house: Fixture) -> None:
    events = [await house.broken(house.admin.organisation_id) for _ in range(3)]
    await house.broken(new_id())
    first = (await house.ask("GET", "?limit=2", house.admin)).json()
    second = (await house.ask("GET", f"?limit=2&cursor={first['next_cursor']}", house.admin)).json()
    assert second["next_cursor"] is None
    assert [each["event_id"] for each in first["items"] + second["items"]] == [str(event.id) for event in events]
    assert (await house.ask("GET", "?cursor=nonsense", house.admin)).status_code == 400


async def test_a_replayed_one_that_fails_again_comes_back_and_a_discarded_one_does_not(house: Fixture) -> None:
    event = await house.broken(house.admin.organisation_id)
    [before] = await house.seen(house.admin)
    assert (await house.ask("POST", f"/{before['sequence']}/replay", house.admin)).status_code == 204

    async def came_back() -> int:
        [after] = await house.seen(house.admin)
        assert after["event_id"] == str(event.id)
        assert after["sequence"] > before["sequence"]
        return int(after["sequence"])

    sequence = await eventually(came_back)
    assert (await house.ask("DELETE", f"/{sequence}", house.admin)).status_code == 204
    assert await house.seen(house.operator) == []
    assert (await house.ask("DELETE", f"/{sequence}", house.admin)).status_code == 404


async def test_the_audit_trail_says_who_replayed_and_who_discarded_which_letter_and_not_what_it_contained(
    house: Fixture,
) -> None:
    replayed = await house.broken(house.admin.organisation_id)
    [letter] = await house.seen(house.admin)
    assert (await house.ask("POST", f"/{letter['sequence']}/replay", house.admin)).status_code == 204

    async def came_back() -> int:
        [after] = await house.seen(house.operator)
        assert after["sequence"] > letter["sequence"]
        return int(after["sequence"])

    again = await eventually(came_back)
    assert (await house.ask("DELETE", f"/{again}", house.operator)).status_code == 204

    async def both() -> list[dict[str, Any]]:
        items = await house.audited(house.admin)
        assert [item["action"] for item in items] == ["dead_letter.discarded", "dead_letter.replayed"]
        return items

    discarding, replaying = await eventually(both)
    assert [replaying["actor"]["id"], discarding["actor"]["id"]] == [str(house.admin.id), str(house.operator.id)]
    assert replaying["after"] == {
        "service": "tickets",
        "sequence": letter["sequence"],
        "event_type": "auth.user.registered.v1",
        "event_id": str(replayed.id),
    }
    assert discarding["after"] == {**replaying["after"], "sequence": again}
    assert await house.audited(house.neighbour) == []


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", ""),
        (b"\xff{", "\ufffd{"),
        (b'{"a": NaN}', '{"a": NaN}'),
        (b'["\\ud800"]', '["\\ud800"]'),
        (b"[" * 300 + b"]" * 300, "[" * 300 + "]" * 300),
        (b"[" * 100_000, "[" * 100_000),
        (b"9" * 5_000, "9" * 5_000),
        (b'["\\u0000"]', ["\0"]),
    ],
    ids=["empty", "not UTF-8", "NaN", "half a character", "deep", "very deep", "large number", "NUL"],
)
async def test_a_message_that_no_json_can_show_is_shown_as_text_and_can_be_discarded(
    house: Fixture, body: bytes, shown: Any
) -> None:
    subject = f"dead_letters.tickets.auth.user.registered.v1.{house.admin.organisation_id}.{new_id()}"
    async with house.installation.connected("tickets") as broker:
        await broker.jetstream.publish(subject, body)

    [letter] = await house.seen(house.admin)
    assert letter["data"] == shown
    assert (await house.ask("GET", f"/{letter['sequence']}", house.admin)).json() == letter
    assert (await house.ask("DELETE", f"/{letter['sequence']}", house.admin)).status_code == 204
    assert await house.seen(house.admin) == []
