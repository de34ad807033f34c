"""`python -m auth migrate-addresses` brings stored addresses into their present form."""

from typing import Any

import pytest

from tests.support.credentials import reserve_address
from tests.support.eventually import eventually
from tests.support.messaging import read_event_log
from tests.support.people import Person, log_in, make_person
from tests.support.services import Installation, RunningService
from tests.support.subprocesses import Finished, command

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def migrate(installation: Installation) -> Finished:
    return await command("auth", installation.settings("auth"), "migrate-addresses")


async def store_address(auth: RunningService, person: Person, email: str) -> None:
    """As an earlier version did."""
    await auth.db["users"].update_one({"_id": person.id}, {"$set": {"email": email, "email_key": email.casefold()}})


async def stored(auth: RunningService, person: Person) -> dict[str, Any]:
    found = await auth.db["users"].find_one({"_id": person.id})
    assert found is not None
    return found


async def test_the_command_migrates_what_does_not_collide_reports_the_rest_and_can_be_repeated(
    shared_installation: Installation, auth: RunningService, organisation: str
) -> None:
    sam = await make_person(auth, "customer", "Sam", organisation)
    casey = await make_person(auth, "customer", "Casey", organisation)
    twin = await make_person(auth, "customer", "Twin", organisation)
    await store_address(auth, sam, "sam@Bücher.example")
    await store_address(auth, twin, "casey@ｅxample.org")

    first, second = await migrate(shared_installation), await migrate(shared_installation)

    collision, summary = first.out.splitlines()
    assert first.status == 0
    assert f"casey@example.org is the address of 2 users: {casey.id}, {twin.id}" in collision
    assert summary == "addresses are migrated; 1 stay as they are"
    assert second.out == first.out
    assert (await log_in(auth, "sam@bücher.example", organisation)).email == "sam@xn--bcher-kva.example"
    assert (await stored(auth, twin))["email"] == "casey@ｅxample.org"

    async def updated() -> None:
        events = await read_event_log(auth.db, sam.id)
        assert [each.data["person"]["email"] for each in events if each.action == "user.updated"] == [
            "sam@xn--bcher-kva.example"
        ]

    await eventually(updated)


async def test_an_address_that_is_reserved_in_its_present_form_stays_and_the_others_are_migrated(
    shared_installation: Installation, auth: RunningService, organisation: str
) -> None:
    robin, twin, sam = [await make_person(auth, "customer", name, organisation) for name in ("Robin", "Twin", "Sam")]
    await reserve_address(auth, robin, "casey@example.org")
    await store_address(auth, twin, "casey@ｅxample.org")
    await store_address(auth, sam, "sam@Bücher.example")

    migrated = await migrate(shared_installation)

    assert migrated.status == 0, migrated.err
    [reserved] = [line for line in migrated.out.splitlines() if str(twin.id) in line]
    assert "casey@example.org" in reserved
    assert "reserved" in reserved
    assert (await stored(auth, sam))["email"] == "sam@xn--bcher-kva.example"
