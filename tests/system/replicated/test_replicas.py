"""Two of each: they share the work, and one is enough when the other is killed."""

import pytest

from tests.support.eventually import eventually
from tests.system.conftest import LiveDesk

pytestmark = pytest.mark.asyncio(loop_scope="session")

TAKE_OVER_SECONDS = 10


@pytest.mark.parametrize("killed", ["1", "2"])
async def test_the_other_replica_takes_over_relay_consumers_and_mail(desk: LiveDesk, killed: str) -> None:
    services = [f"{service}-{killed}" for service in ("tickets", "notifications", "mailer")]
    before = [await desk.open_ticket(f"before {killed}-{number}") for number in range(10)]
    for name in services:
        desk.stack.kill(name)
    for name in services:
        await desk.stack.control("stop", name)  # so that it is not restarted
    try:
        after = [await desk.open_ticket(f"after {killed}-{number}") for number in range(10)]

        async def everything_arrived() -> None:
            for ticket in (*before, *after):
                assert await desk.kinds_of(desk.agent, ticket) == ["ticket_created"]

        await eventually(everything_arrived, within=TAKE_OVER_SECONDS, every=0.2)
        for ticket in after:
            await desk.resolve(ticket)
        await eventually(desk.stack.settled, within=60, every=0.2)
    finally:
        for name in services:
            await desk.stack.control("start", name)
    for ticket in before:
        assert await desk.in_stream(ticket) == {"ticket.created": 1}
    for ticket in after:
        assert await desk.in_stream(ticket) == {"ticket.created": 1, "ticket.status_changed": 1}
        assert await desk.kinds_of(desk.customer, ticket) == ["status_changed"]
        subjects = [str(mail["Subject"]) for mail in desk.smtp.to("outage@helpdesk.example")]
        assert subjects.count(f"[#{ticket['number']}] {ticket['title']}") == 1
    assert await desk.stack.dead_letters() == {}
