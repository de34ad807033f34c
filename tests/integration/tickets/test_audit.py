"""Who did what, when and from where: the trail that admins read."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from pymongo.errors import PyMongoError

from common import clock, mongo
from common.events import Actor, FieldChange
from common.events.mailer import SuppressionAdded
from common.events.notifications import PreferencesUpdated
from common.events.tickets import SettingsUpdated
from common.ids import new_id
from common.messaging.publisher import JetStreamPublisher
from common.messaging.results import ACK
from common.outbox import EventLog, EventSelection
from common.outbox.replay import replay
from stack.ports import free_port
from tests.support.desk import Desk, ok, problem
from tests.support.eventually import eventually
from tests.support.messaging import envelope_of
from tests.support.people import Person, another_organisation, make_agent, make_person, sign_up
from tests.support.services import Installation
from tests.support.settled import wait_until_settled
from tickets.audit.trail import AuditTrail
from tickets.deadlines.deadline import ESCALATION
from tickets.deadlines.sweeper import Sweeper

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def admin(desk: Desk) -> Person:
    return await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)


async def page(desk: Desk, by: Person, **query: Any) -> dict[str, Any]:
    """A page of the trail."""
    return ok(await desk.call(by, "GET", "/audit", params=query))


async def entries(desk: Desk, by: Person, at_least: int = 1, **query: Any) -> list[dict[str, Any]]:
    """The newest entries, once there are so many."""

    async def there() -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await page(desk, by, limit=100, **query))["items"]
        assert len(items) >= at_least, [item["action"] for item in items]
        return items

    return await eventually(there)


def actions(items: list[dict[str, Any]]) -> list[str]:
    """What happened, newest first."""
    return [item["action"] for item in items]


async def test_what_happens_to_a_ticket_is_told_newest_first_with_before_and_after(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket(desk.customer, title="Printer")
    await desk.change_status(desk.agent, ticket, "pending")

    moved, created = await entries(desk, admin, 2, entity_type="ticket", entity_id=ticket["id"])

    assert (moved["action"], moved["before"], moved["after"]) == (
        "ticket.status_changed",
        {"status": "new"},
        {"status": "pending"},
    )
    assert moved["actor"] == {"id": str(desk.agent.id), "name": desk.agent.name, "role": "agent"}
    assert (created["action"], created["before"], created["after"]["title"]) == ("ticket.created", None, "Printer")
    assert created["entity"] == {"type": "ticket", "id": ticket["id"]}
    assert created["occurred_at"] < moved["occurred_at"]


async def test_an_entry_says_from_where_and_because_of_which_request(desk: Desk, admin: Person) -> None:
    headers = {**desk.customer.headers, "X-Request-ID": "request-of-casey", "User-Agent": "Caseys-Browser/1"}
    body = {"title": "Printer", "description": "It burns."}
    answer = await desk.tickets.http.post("/api/v1/tickets", headers=headers, json=body)

    (entry,) = await entries(desk, admin, entity_id=ok(answer, 201)["id"])

    assert (entry["request_id"], entry["user_agent"]) == ("request-of-casey", "Caseys-Browser/1")
    assert entry["ip"] == "127.0.0.1"


async def test_what_happens_to_accounts_is_told_too(desk: Desk, admin: Person) -> None:
    new_user = await sign_up(desk.auth, "Nina Newcomer", desk.organisation)
    wrong = {"email": new_user.email, "password": "wrong wrong wrong", "organisation": desk.organisation}
    assert (await desk.auth.http.post("/api/v1/auth/login", json=wrong)).status_code == 401
    assert (await desk.auth.http.post("/api/v1/auth/logout", headers=new_user.headers)).status_code == 204

    found = await entries(desk, admin, 4, actor=new_user.id)

    told = {"user.registered", "email_verification.requested", "session.started", "session.ended"}
    assert set(actions(found)) == told
    registered = next(each for each in found if each["action"] == "user.registered")
    assert registered["entity"] == {"type": "user", "id": str(new_user.id)}
    assert registered["after"] == {"email": new_user.email, "name": "Nina Newcomer", "role": "customer"}


async def test_what_other_services_say_is_told_too(
    desk: Desk, admin: Person, shared_installation: Installation
) -> None:
    ada = Actor(id=admin.id, name=admin.name, role="admin")
    changes = {"replied": FieldChange(before="immediately", after="never")}
    told = {
        "notifications": PreferencesUpdated(changes=changes),
        "mailer": SuppressionAdded(email="bounced@example.org", reason="bounced"),
    }
    for service, event in told.items():
        envelope = envelope_of(event, organisation_id=admin.organisation_id).model_copy(update={"actor": ada})
        async with shared_installation.connected(service) as broker:
            await JetStreamPublisher(broker).publish(envelope)

    (suppressed,) = await entries(desk, admin, action="suppression.added")
    (preferred,) = await entries(desk, admin, action="preferences.updated")

    assert (suppressed["entity"]["type"], suppressed["after"]["reason"]) == ("suppression", "bounced")
    assert (preferred["before"], preferred["after"]) == ({"replied": "immediately"}, {"replied": "never"})


async def test_an_event_that_has_the_id_of_another_services_event_hides_no_entry(
    desk: Desk, admin: Person, shared_installation: Installation
) -> None:
    organisation = new_id()
    hidden = envelope_of(PreferencesUpdated(changes={}), organisation_id=organisation)
    first = envelope_of(SuppressionAdded(email="a@example.org", reason="bounced"), organisation_id=organisation)
    for envelope in (first.model_copy(update={"id": hidden.id}), hidden):
        async with shared_installation.connected(envelope.service) as broker:
            await JetStreamPublisher(broker).publish(envelope)
        await wait_until_settled(shared_installation, desk.tickets)

    stored = [each["action"] async for each in desk.tickets.db["audit"].find({"organisation_id": organisation})]
    assert sorted(stored) == ["preferences.updated", "suppression.added"]


async def test_what_a_message_says_is_nowhere_in_the_trail(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()
    await desk.wrote(desk.customer, ticket, "My neighbour did it.")

    (posted, *_) = await entries(desk, admin, 2, entity_id=ticket["id"])

    assert posted["action"] in ("message.posted", "ticket.status_changed")
    stored = [each async for each in desk.tickets.db["audit"].find({"entity.id": UUID(ticket["id"])})]
    assert "neighbour" not in repr(stored)


async def test_hearing_all_events_again_adds_nothing(
    desk: Desk, admin: Person, shared_installation: Installation
) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "open", "resolved")
    before = await entries(desk, admin, 3, entity_id=ticket["id"])
    everything = EventSelection(organisation_id=admin.organisation_id)

    for service, db in (("tickets", desk.tickets.db), ("auth", desk.auth.db)):
        async with shared_installation.connected(service) as broker:
            assert await replay(EventLog(db), JetStreamPublisher(broker), everything, to="tickets") > 0
    await wait_until_settled(shared_installation, desk.auth, desk.tickets)

    assert await entries(desk, admin, 3, entity_id=ticket["id"]) == before


async def test_a_trail_that_was_lost_is_built_anew_from_the_logs(
    desk: Desk, admin: Person, shared_installation: Installation
) -> None:
    await desk.change_status(desk.agent, await desk.ticket(), "open")
    await wait_until_settled(shared_installation, desk.auth, desk.tickets)
    before = await entries(desk, admin, 4)
    await desk.tickets.db["audit"].delete_many({"organisation_id": admin.organisation_id})
    everything = EventSelection(organisation_id=admin.organisation_id)

    for service, db in (("tickets", desk.tickets.db), ("auth", desk.auth.db)):
        async with shared_installation.connected(service) as broker:
            await replay(EventLog(db), JetStreamPublisher(broker), everything, to="tickets")
    await wait_until_settled(shared_installation, desk.auth, desk.tickets)

    assert await entries(desk, admin, len(before)) == before


async def test_the_trail_can_be_narrowed_in_every_way_and_in_all_at_once(desk: Desk, admin: Person) -> None:
    other = await make_agent(desk.auth, "Olive Other", desk.organisation)
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "open")
    after_that = clock.now()
    ticket = await desk.change_status(other, ticket, "pending")
    await desk.change_status(desk.agent, ticket, "resolved")
    await entries(desk, admin, 4, entity_id=ticket["id"])

    async def found(**query: Any) -> list[str]:
        return actions(await entries(desk, admin, 0, **query))

    moved, later = "ticket.status_changed", {"from": after_that.isoformat()}
    assert await found(entity_id=ticket["id"], to=after_that.isoformat()) == [moved, "ticket.created"]
    assert await found(entity_id=ticket["id"], **later) == [moved, moved]
    assert await found(actor=other.id, action=moved) == [moved]
    assert await found(actor=other.id, action="ticket.created") == []
    assert await found(entity_type="ticket", action=moved, actor=desk.agent.id, **later) == [moved]
    assert await found(entity_type="user", entity_id=ticket["id"]) == []
    assert await found(**{"from": (after_that + timedelta(days=1)).isoformat()}) == []


async def test_pages_hold_each_entry_once_while_more_happens(desk: Desk, admin: Person) -> None:
    for _ in range(4):
        await desk.change_status(desk.agent, await desk.ticket(), "open")
    before = {entry["id"] for entry in await entries(desk, admin, 8, entity_type="ticket")}
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        found = await page(desk, admin, entity_type="ticket", limit=3, **cursor)
        seen += [entry["id"] for entry in found["items"]]
        await desk.ticket()
        if found["next_cursor"] is None:
            break
        cursor = {"cursor": found["next_cursor"]}

    assert len(seen) == len(set(seen))
    assert before <= set(seen)
    assert seen == sorted(seen, reverse=True)


async def test_only_admins_read_it(desk: Desk) -> None:
    for person in (desk.customer, desk.agent):
        problem(await desk.call(person, "GET", "/audit"), 403, "forbidden")
    problem(await desk.tickets.http.get("/api/v1/audit"), 401, "unauthenticated")


async def test_an_admin_reads_nothing_of_another_organisation(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()
    await entries(desk, admin, entity_id=ticket["id"])
    stranger = await make_person(desk.auth, "admin", "Sam Stranger", await another_organisation())

    assert (await page(desk, stranger, entity_id=ticket["id"]))["items"] == []
    organisations = {each["after"]["email"] for each in await entries(desk, stranger, action="user.registered")}
    assert organisations == {stranger.email}


@pytest.mark.parametrize(
    "wrong",
    [{"actor": "me"}, {"entity_id": "7"}, {"from": "yesterday"}, {"from": "2026-01-01T00:00:00"}, {"limit": "0"}],
)
async def test_a_filter_that_makes_no_sense_is_refused(desk: Desk, admin: Person, wrong: dict[str, str]) -> None:
    problem(await desk.call(admin, "GET", "/audit", params=wrong), 422, "invalid")


async def test_time_does_things_too(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()
    long_ago = clock.now() - timedelta(days=2)
    await desk.tickets.db["tickets"].update_one({"_id": UUID(ticket["id"])}, {"$set": {"wait.since": long_ago}})
    await Sweeper(desk.tickets.db, ESCALATION).sweep()

    (escalated,) = await entries(desk, admin, entity_id=ticket["id"], action="ticket.escalated")

    assert (escalated["actor"], escalated["ip"]) == (None, None)
    assert (escalated["before"], escalated["after"]) == ({"escalated": False}, {"escalated": True})


async def test_many_events_at_once_some_of_them_twice_are_each_kept_once(desk: Desk, admin: Person) -> None:
    trail = AuditTrail(desk.tickets.db)
    event = SettingsUpdated(changes={})
    envelopes = [envelope_of(event, organisation_id=admin.organisation_id) for _ in range(200)]

    verdicts = await asyncio.gather(*(trail.append(event, each) for each in [*envelopes, *envelopes[:50]]))

    assert set(verdicts) == {ACK}
    kept = desk.tickets.db["audit"].find({"organisation_id": admin.organisation_id, "action": "settings.updated"})
    assert {each["_id"] for each in await kept.to_list()} == {each.deduplication_id for each in envelopes}


async def test_nothing_counts_as_kept_while_the_database_is_away(desk: Desk) -> None:
    event = SettingsUpdated(changes={})
    url = f"mongodb://127.0.0.1:{free_port()}/nowhere?directConnection=true"
    async with mongo.connect(url, name="test", seconds=0.3) as client:
        trail = AuditTrail(mongo.database(client))
        outcomes = await asyncio.gather(
            *(trail.append(event, envelope_of(event)) for _ in range(5)), return_exceptions=True
        )

    assert all(isinstance(outcome, PyMongoError) and mongo.is_outage(outcome) for outcome in outcomes), outcomes
