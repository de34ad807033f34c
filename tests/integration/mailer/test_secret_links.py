"""Links with secrets go from auth to mailer alone, and from mailer only to the address that they were issued for."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from common.outbox import EventLog, EventSelection
from tests.integration.mailer.conftest import Office
from tests.support.desk import ok
from tests.support.eventually import eventually
from tests.support.mailer_fixture import email_request, part
from tests.support.people import PASSWORD
from tests.support.services import RunningService
from tests.support.settled import wait_until_settled

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHISHING = "Sam, your mailbox is full. Visit evil.example"


def ciphertexts(data: dict[str, Any]) -> Iterator[str]:
    """The values of fields that say they are sealed."""
    return (value for name, value in data.items() if name.startswith("sealed") and isinstance(value, str))


async def sign_up(auth: RunningService, organisation: str, **fields: Any) -> dict[str, Any]:
    body = {"email": f"{uuid4()}@example.org", "password": PASSWORD, "organisation": organisation, **fields}
    user: dict[str, Any] = ok(await auth.http.post("/api/v1/auth/signup", json=body), 201)["user"]
    return user


async def logged(auth: RunningService, user: dict[str, Any]) -> list[dict[str, Any]]:
    """The data of auth's events about a user, once a ciphertext is among them."""

    async def issued() -> list[dict[str, Any]]:
        wanted = EventSelection(organisation_id=UUID(user["organisation_id"]), aggregate_id=UUID(user["id"]))
        found = [each.data async for each in EventLog(auth.db).read(wanted)]
        assert [text for data in found for text in ciphertexts(data)], found
        return found

    return await eventually(issued)


async def test_a_link_is_sent_to_no_address_but_the_one_it_was_issued_for(office: Office) -> None:
    user = await sign_up(office.auth, office.organisation)
    thief = f"evil@{uuid4()}.example"

    for text in [text for data in await logged(office.auth, user) for text in ciphertexts(data)]:
        stolen = email_request("password_reset", email=thief)
        stolen.data.update(sealed_token=text, sealed_link=text, expires_at="2999-01-01T00:00:00.000Z")
        await office.room.ask(stolen)
    await office.room.settle()

    links = [json.dumps(part(message, "plain")) for message in office.room.smtp.to(thief)]
    assert not any("token=" in text for text in links), links


async def test_an_address_that_is_not_verified_never_reads_what_a_stranger_typed_as_name(office: Office) -> None:
    async with office.room.installation.run("notifications") as notifications:
        user = await sign_up(office.auth, office.organisation, name=PHISHING)

        async def arrived() -> None:
            assert office.room.smtp.to(user["email"])

        await eventually(arrived)
        await wait_until_settled(office.room.installation, office.auth, notifications, office.room.mailer)

    messages = office.room.smtp.to(user["email"])
    texts = [f"{message['To']} {message['Subject']} {part(message, 'plain')}" for message in messages]
    assert not any("evil.example" in text for text in texts), texts
