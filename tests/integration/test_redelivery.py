"""Redelivered events have no second effect: no notification, count or mail is doubled."""

from typing import Any
from uuid import UUID

from common.messaging.publisher import JetStreamPublisher
from common.outbox import EventLog, EventSelection
from common.outbox.replay import replay
from tests.support.all_services import AllServices, run_all_services
from tests.support.inboxes import message_posted, ticket_of
from tests.support.people import make_agent
from tests.support.services import Installation
from tests.support.smtp import RecordingSmtp


async def state_of(running: AllServices) -> dict[str, Any]:
    """Every notification, mail and event, and every mail that arrived."""
    notifications, mailer = running.services["notifications"], running.services["mailer"]
    return {
        "notifications": await notifications.db["notifications"].find({}, {"outbox": 0}).sort("_id").to_list(),
        "mails": await mailer.db["mails"].find({}, {"outbox": 0}).sort("_id").to_list(),
        "events": {
            name: sorted([event.id async for event in EventLog(service.db).read(EventSelection())])
            for name, service in running.services.items()
        },
        "arrived": running.smtp.times_seen(),
    }


async def test_three_replays_of_all_events_change_nothing(installation: Installation, smtp: RecordingSmtp) -> None:
    async with run_all_services(installation, smtp) as running:
        desk, inboxes, notifications = running.desk, running.inboxes, running.services["notifications"]
        ticket = await desk.ticket(desk.customer, title="Printer")
        await desk.wrote(desk.agent, ticket, "Use *water*.")
        await desk.wrote(desk.customer, ticket, "It is out.")
        await desk.change_status(desk.agent, ticket, "resolved")
        await inboxes.said(message_posted(ticket_of(desk, desk.agent), desk.customer), desk.customer)
        await running.settle()
        [first, *_] = (await inboxes.page(desk.customer))["items"]
        read = f"/api/v1/notifications/{first['id']}/read"
        assert (await notifications.http.post(read, headers=desk.customer.headers)).status_code == 200
        # An agent who joins now is not notified of earlier events.
        new_user = await make_agent(running.auth, "Nina Newcomer", desk.organisation)
        await running.settle()
        before = await state_of(running)
        assert len(before["mails"]) >= 6

        for _ in range(3):
            for name, service in running.services.items():
                async with installation.connected(name) as broker:
                    for consumer in running.services:
                        await replay(EventLog(service.db), JetStreamPublisher(broker), EventSelection(), to=consumer)
            await running.settle()

        assert await state_of(running) == before
        assert set(before["arrived"].values()) == {1}
        of_newcomer = {"recipient_id": UUID(str(new_user.id)), "kind": {"$ne": "welcome"}}
        assert await notifications.db["notifications"].count_documents(of_newcomer) == 0
