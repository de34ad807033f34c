"""A relay is woken by what is saved, in its own process or in another one."""

import pytest
from nats.aio.msg import Msg

from common.mongo import ClientSession, Database, run_in_transaction
from common.outbox import relay as relay_module
from common.outbox.trigger import RelayTrigger, notify_committed
from tests.integration.common.conftest import Brokers
from tests.integration.common.relaying import Memory, nothing_waits, relay_of
from tests.support.eventually import eventually
from tests.support.messaging import running
from tests.support.sample_aggregate import Sample, change_sample
from tests.support.services import Installation


@pytest.fixture
def never_sweeping(monkeypatch: pytest.MonkeyPatch) -> None:
    """Relays now find only what they are told of."""
    monkeypatch.setattr(relay_module, "SWEEP_SECONDS", 3600)


async def swept(db: Database, memory: Memory) -> None:
    """Waits until a relay has looked once by itself, as it does when it starts."""
    first = await Sample.new().commit()

    async def published() -> None:
        assert first.id in [event.aggregate_id for event in memory.published]

    await eventually(published)
    await eventually(lambda: nothing_waits(db))


@pytest.mark.usefixtures("never_sweeping")
async def test_it_is_woken_by_what_its_own_process_saves(db: Database) -> None:
    memory = Memory()
    async with running(relay_of(db, memory, lease_seconds=10_000)):
        await swept(db, memory)
        sample = await Sample.new().commit()
        await change_sample(sample.id)
        await eventually(lambda: nothing_waits(db))

        async def in_transaction(session: ClientSession) -> None:
            await Sample.new().commit(session)

        await run_in_transaction(db, in_transaction)
        await eventually(lambda: nothing_waits(db))


@pytest.mark.usefixtures("never_sweeping")
async def test_it_is_woken_by_another_process_over_nats(
    db: Database, brokers: Brokers, installation: Installation
) -> None:
    memory = Memory()
    async with (
        running(relay_of(db, memory, brokers.auth, lease_seconds=10_000)),
        installation.connected("auth") as other,
    ):
        await swept(db, memory)
        # As another process does it, which this one does not hear.
        await db["samples"].insert_one(Sample.new().to_insert())
        await other.client.publish("relay_trigger.auth", b"elsewhere,samples")
        await eventually(lambda: nothing_waits(db))


async def test_a_process_without_a_relay_passes_on_what_it_saves(
    db: Database, brokers: Brokers, installation: Installation
) -> None:
    heard: list[bytes] = []

    async def note(message: Msg) -> None:
        heard.append(message.data)

    await brokers.auth.client.subscribe("relay_trigger.auth", cb=note)
    await brokers.auth.client.flush()
    async with (
        installation.connected("auth") as other,
        running(RelayTrigger("auth", ["samples"], other)),
    ):

        async def passed_on() -> None:
            await Sample.new().commit()
            assert heard
            assert set(heard) == {b"samples"}

        await eventually(passed_on)


async def test_what_is_saved_while_it_passes_something_on_is_passed_on_the_next_time(
    brokers: Brokers, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, said = brokers.auth.client, list[bytes]()

    async def publish(_subject: str, payload: bytes) -> None:
        said.append(payload)
        notify_committed("sessions")

    monkeypatch.setattr(client, "publish", publish)
    trigger = RelayTrigger("auth", ["samples", "sessions"], brokers.auth)
    with trigger.listen():
        notify_committed("samples")
        await trigger.forward()
        await trigger.forward()
    assert said == [b"samples", b"sessions"]
