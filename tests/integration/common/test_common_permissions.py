"""The servers themselves hold each service to what is its own."""

from pathlib import Path

import pytest
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import ConsumerConfig
from pymongo.errors import OperationFailure

from common import mongo
from common.errors import Unavailable
from common.messaging.publisher import JetStreamPublisher
from tests.integration.common.conftest import Brokers
from tests.integration.common.raw_client import connected_as
from tests.support.eventually import eventually
from tests.support.messaging import a_session_ended, messages_in
from tests.support.servers import mongo_server
from tests.support.services import Installation
from tests.support.subprocesses import running_server


async def complained_of(complaints: list[str], subject: str) -> None:
    wanted = ("permissions violation", f'"{subject.lower()}"')
    assert any(all(part in each.lower() for part in wanted) for each in complaints), complaints


async def test_a_service_can_not_say_what_is_anothers(installation: Installation, brokers: Brokers) -> None:
    complaints: list[str] = []
    subject = "tickets.ticket.created.v1.any.any"
    async with connected_as(installation, "auth", complaints) as client:
        await client.publish(subject, b"{}")
        await eventually(lambda: complained_of(complaints, subject))
    assert await messages_in(brokers.provisioner, "TICKETS") == []


async def test_a_service_can_say_its_own(brokers: Brokers) -> None:
    await JetStreamPublisher(brokers.auth).publish(a_session_ended())
    assert len(await messages_in(brokers.provisioner, "AUTH")) == 1


async def test_a_refused_publish_shows_as_an_error_and_not_as_success(
    installation: Installation, brokers: Brokers
) -> None:
    async with installation.connected("tickets", request_seconds=0.5) as tickets:
        with pytest.raises(Unavailable):
            await JetStreamPublisher(tickets).publish(a_session_ended())
    assert await messages_in(brokers.provisioner, "AUTH") == []


@pytest.mark.parametrize(
    "subject",
    [
        "tickets.>",
        "replay.>",
        "dead_letters.>",
        "_INBOX_tickets.>",
        "_INBOX.>",
        "_R_.>",
        "$JS.>",
        "$SRV.>",
        "$SYS.>",
        "relay_trigger.tickets",
        "broadcast.notifications.inbox.*",
        ">",
    ],
)
async def test_a_service_can_not_listen_to_anothers(installation: Installation, subject: str) -> None:
    complaints: list[str] = []
    async with connected_as(installation, "auth", complaints) as client:
        await client.subscribe(subject)
        await eventually(lambda: complained_of(complaints, subject))


@pytest.mark.parametrize(
    "subject",
    [
        "$JS.API.CONSUMER.CREATE.TICKETS.spy",
        "$JS.API.CONSUMER.DURABLE.CREATE.TICKETS.spy",
        "$JS.API.CONSUMER.MSG.NEXT.TICKETS.notifications",
        "$JS.API.STREAM.MSG.GET.TICKETS",
        "$JS.API.DIRECT.GET.TICKETS",
        "$JS.API.CONSUMER.DELETE.TICKETS.notifications",
        "$JS.API.STREAM.PURGE.AUTH",
        "$JS.API.STREAM.DELETE.AUTH",
        "$JS.API.STREAM.MSG.DELETE.AUTH",
        "dead_letters.tickets.auth.session.ended.v1.any.any",
        "replay.tickets.mailer.tickets.ticket.created.v1.any.any",
        "replay.auth.mailer.tickets.ticket.created.v1.any.any",
        "jetstream.api.CONSUMER.MSG.NEXT.TICKETS.notifications",
        "jetstream.api.STREAM.DELETE.AUTH",
        "$JS.ACK.TICKETS.notifications.1.1.1.1.1",
        "relay_trigger.tickets",
        "broadcast.notifications.inbox.any",
        "_INBOX_tickets.any.1",
        "$SRV.INFO",
        "$SYS.REQ.SERVER.PING",
    ],
)
async def test_a_service_can_not_ask_jetstream_for_it_either(installation: Installation, subject: str) -> None:
    await installation.provision()
    complaints: list[str] = []
    async with connected_as(installation, "auth", complaints) as client:
        await client.publish(subject, b"{}")
        await eventually(lambda: complained_of(complaints, subject))


async def test_a_service_can_not_make_itself_a_consumer(installation: Installation, brokers: Brokers) -> None:
    complaints: list[str] = []
    async with connected_as(installation, "auth", complaints) as client:
        with pytest.raises(NatsTimeout):
            await client.jetstream(timeout=0.3).add_consumer("TICKETS", ConsumerConfig(durable_name="spy"))
    durables = [found.name for found in await brokers.provisioner.jetstream.consumers_info("TICKETS")]
    assert "spy" not in durables


async def test_a_service_reads_and_writes_its_own_database_and_no_other(tmp_path: Path) -> None:
    server = mongo_server(tmp_path, users={"auth": "auth secret", "tickets": "tickets secret"})
    async with (
        running_server(server, tmp_path / "log"),
        mongo.connect(server.url_of("auth"), name="auth") as auth,
        mongo.connect(server.url_of("tickets"), name="tickets") as tickets,
    ):
        await mongo.database(auth)["users"].insert_one({"_id": "casey"})
        own, others = mongo.database(tickets), tickets["auth"]
        await own["tickets"].insert_one({"_id": 1})
        assert await own["tickets"].find_one() == {"_id": 1}
        for attempt in (
            others["users"].find_one({}),
            others["users"].insert_one({"_id": "spy"}),
            others["users"].delete_many({}),
            others.command("dropDatabase"),
            tickets["admin"]["system.users"].find_one({}),
        ):
            with pytest.raises(OperationFailure) as refusal:
                await attempt
            assert refusal.value.code == 13
        assert [user["_id"] async for user in mongo.database(auth)["users"].find()] == ["casey"]
