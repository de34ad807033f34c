"""Said again, and again: nobody is told a second time, nothing is counted twice, no mail goes twice."""

from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

from common.messaging.publisher import JetStreamPublisher
from common.outbox import EventLog, EventSelection
from common.outbox.replay import replay
from common.services import SERVICES
from tests.support.desk import open_desk
from tests.support.eventually import eventually
from tests.support.inboxes import Inboxes, posted, ticket_of
from tests.support.people import make_agent
from tests.support.services import Installation, RunningService
from tests.support.settled import wait_until_settled
from tests.support.smtp import RecordingSmtp


async def state_of(services: dict[str, RunningService], smtp: RecordingSmtp) -> dict[str, Any]:
    """Every inbox, mail and event there is, and every mail that arrived."""
    notifications, mailer = services["notifications"], services["mailer"]
    return {
        "inboxes": await notifications.db["notifications"].find({}, {"outbox": 0}).sort("_id").to_list(),
        "mails": await mailer.db["mails"].find({}, {"outbox": 0}).sort("_id").to_list(),
        "said": {
            name: sorted([event.id async for event in EventLog(services[name].db).read(EventSelection())])
            for name in SERVICES
        },
        "arrived": smtp.times_seen(),
    }


async def test_all_events_of_a_run_three_times_more_change_nothing(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    async with AsyncExitStack() as stack:
        settings: dict[str, dict[str, Any]] = {"mailer": {"smtp_host": "127.0.0.1", "smtp_port": smtp.port}}
        services = {
            name: await stack.enter_async_context(installation.run(name, rate_limits=False, **settings.get(name, {})))
            for name in SERVICES
        }
        await eventually(services["notifications"].is_ready)
        auth, tickets, notifications, _ = services.values()
        inboxes = Inboxes(installation, auth, tickets, notifications)

        async def settled() -> None:
            await wait_until_settled(installation, *services.values())
            owed = {"status": {"$in": ["queued", "sending"]}}
            assert await services["mailer"].db["mails"].count_documents(owed) == 0

        desk = await open_desk(auth, tickets, "desk")
        await settled()
        ticket = await desk.ticket(desk.customer, title="Printer")
        await desk.wrote(desk.agent, ticket, "Use *water*.")
        await desk.wrote(desk.customer, ticket, "It is out.")
        await desk.moved(desk.agent, ticket, "resolved")
        await inboxes.said(posted(ticket_of(desk, desk.agent), desk.customer), desk.customer)
        await settled()
        [first, *_] = (await inboxes.page(desk.customer))["items"]
        read = f"/api/v1/notifications/{first['id']}/read"
        assert (await notifications.http.post(read, headers=desk.customer.headers)).status_code == 200
        # Who joins now must not be told of what was before.
        newcomer = await make_agent(auth, "Nina Newcomer", "desk")
        await eventually(settled)
        before = await state_of(services, smtp)
        assert len(before["mails"]) >= 6

        for _ in range(3):
            for name, service in services.items():
                async with installation.connected(name) as broker:
                    for listener in SERVICES:
                        await replay(EventLog(service.db), JetStreamPublisher(broker), EventSelection(), to=listener)
            await eventually(settled, within=60)

        assert await state_of(services, smtp) == before
        assert set(before["arrived"].values()) == {1}
        mine = {"recipient_id": UUID(str(newcomer.id)), "kind": {"$ne": "welcome"}}
        assert await notifications.db["notifications"].count_documents(mine) == 0
