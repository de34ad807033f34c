"""Events of two services travel apart: one about a person may come before the person."""

from common.events import PersonRef
from common.events.auth import Person, UserRegistered
from common.events.tickets import TicketRef, TicketStatusChanged
from common.ids import new_id
from common.messaging.publisher import JetStreamPublisher
from tests.support.eventually import eventually
from tests.support.messaging import envelope_of
from tests.support.services import Installation
from tests.support.settled import wait_until_settled


async def test_who_is_not_known_yet_is_told_as_soon_as_they_are(installation: Installation) -> None:
    organisation, new_user = new_id(), new_id()
    ticket = TicketRef(
        id=new_id(),
        number=1,
        title="Printer",
        requester=PersonRef(id=new_user, name="Nina Newcomer"),
        status="open",
        priority="normal",
    )
    moved = TicketStatusChanged(ticket=ticket, before="new", after="open")
    early = envelope_of(moved, organisation_id=organisation)
    person = Person(id=new_user, email="nina@example.org", name="Nina Newcomer", role="customer")
    late = envelope_of(UserRegistered(person=person), new_user, organisation_id=organisation)
    async with (
        installation.run("notifications", retry_delays=[0.05] * 400) as notifications,
        installation.connected("tickets") as tickets,
        installation.connected("auth") as auth,
    ):
        await JetStreamPublisher(tickets).publish(early)

        async def tried_twice() -> None:
            parked = await notifications.db["parked_events"].find_one({"_id": early.deduplication_id})
            assert parked is not None
            assert parked["failures"] >= 2
            assert str(new_user) in parked["reason"]

        await eventually(tried_twice)
        assert await notifications.db["notifications"].count_documents({}) == 0

        await JetStreamPublisher(auth).publish(late)
        await wait_until_settled(installation, notifications)

        told = await notifications.db["notifications"].find().to_list()
        assert sorted(each["kind"] for each in told) == ["status_changed", "welcome"]
        assert {each["recipient_id"] for each in told} == {new_user}
