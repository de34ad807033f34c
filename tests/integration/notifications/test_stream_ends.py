"""What ends a live stream, and who gets none."""

import asyncio
import base64
import json
from typing import Any
from uuid import UUID

import pytest

from common.events.auth import Person as KnownPerson
from common.events.auth import SessionRevoked, UserDeactivated
from common.messaging.publisher import JetStreamPublisher
from notifications.stream import response
from tests.support.eventually import eventually
from tests.support.messaging import envelope_of
from tests.support.people import Person
from tests.support.sse_client import PATH, Listener, Streams

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize("replica", [0, 1])
async def test_a_stream_ends_when_its_session_does(streams: Streams, replica: int) -> None:
    person = await streams.somebody()
    tab = streams.listener(person)
    async with tab.listening(streams.urls[replica]) as stream:
        session = _session_of(person)
        revoked = envelope_of(
            SessionRevoked(user_id=person.id, reason="manual"),
            session,
            sequence=1000,
            organisation_id=person.organisation_id,
        )
        async with streams.inboxes.installation.connected("auth") as broker:
            await JetStreamPublisher(broker).publish(revoked)
        async with asyncio.timeout(10):
            await stream
    assert tab.ended == "session_ended"


async def test_a_stream_ends_when_its_person_is_deactivated(streams: Streams) -> None:
    person = await streams.somebody()
    tab = streams.listener(person)
    async with tab.listening(streams.urls[0]) as stream:
        gone = KnownPerson(id=person.id, email=person.email, name=person.name, role=person.role, active=False)
        said = envelope_of(
            UserDeactivated(person=gone), person.id, sequence=1000, organisation_id=person.organisation_id
        )
        async with streams.inboxes.installation.connected("auth") as broker:
            await JetStreamPublisher(broker).publish(said)
        async with asyncio.timeout(10):
            await stream
    assert tab.ended is not None
    again = await streams.listener(person).listen(streams.urls[0])
    assert again.status_code == 401


async def test_a_stream_ends_with_its_process_and_says_so(streams: Streams) -> None:
    person = await streams.somebody()
    tab = streams.listener(person, 0)
    async with streams.another() as (third, url), tab.listening(url) as stream:
        third.app.state.services.stopping.set()
        async with asyncio.timeout(5):
            await stream
    assert tab.ended == "stopping"
    async with tab.listening(streams.urls[0]):
        await streams.tell(person)

        async def resumed() -> None:
            assert tab.positions == [1, 2]

        await eventually(resumed)


async def test_a_stream_ends_after_its_time_to_be_resumed(streams: Streams) -> None:
    person = await streams.somebody()
    tab = streams.listener(person)
    async with streams.another(stream_seconds=0.3) as (_, url), asyncio.timeout(10):
        await tab.listen(url)
    assert tab.ended == "resume"


async def test_who_takes_nothing_is_cut_off_and_costs_no_memory(
    streams: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(response, "SEND_TIMEOUT_SECONDS", 0.5)
    person = await streams.somebody()
    sent = 0

    async def stuck(message: Any) -> None:
        nonlocal sent
        if message["type"] == "http.response.body":
            sent += 1
            if sent > 2:
                await asyncio.Event().wait()

    async def patient() -> Any:
        await asyncio.Event().wait()

    await streams.tell(*[person] * 20)
    scope = {
        "type": "http",
        "method": "GET",
        "path": PATH,
        "query_string": b"",
        "headers": [(b"authorization", person.headers["Authorization"].encode()), (b"last-event-id", b"0")],
    }
    async with asyncio.timeout(10):
        await streams.replicas[0].app(scope, patient, stuck)
    assert sent == 3


async def test_nobody_has_more_streams_than_a_browser_has_tabs(streams: Streams) -> None:
    person, other = await streams.some_people(2)
    async with streams.another(streams_per_person=2) as (_, url):
        async with streams.listener(person).listening(url), streams.listener(person).listening(url):
            refused = await streams.listener(person).listen(url)
            assert refused.status_code == 429
            assert refused.json()["code"] == "too_many_requests"
            assert int(refused.headers["Retry-After"]) > 0
            async with streams.listener(other).listening(url) as stream:
                assert not stream.done()

        async def room_again() -> None:
            async with streams.listener(person).listening(url) as stream:
                assert not stream.done()

        await eventually(room_again)


@pytest.mark.parametrize("given", ["x", "-1", "1.5", str(2**63)])
async def test_a_position_that_is_none_is_a_wrong_field(streams: Streams, given: str) -> None:
    person = await streams.somebody()
    refused = await Listener(streams.http, person.headers, given).listen(streams.urls[0])
    assert refused.status_code == 422
    assert json.loads(refused.content)["errors"][0]["field"] == "last-event-id"


async def test_there_is_no_stream_without_a_token(streams: Streams) -> None:
    refused = await Listener(streams.http, {}).listen(streams.urls[0])
    assert refused.status_code == 401


def _session_of(person: Person) -> UUID:
    claims = person.access_token.split(".")[1]
    return UUID(json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sid"])
