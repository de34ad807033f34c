"""`python -m mailer migrate-addresses` brings stored addresses into their present form."""

import pytest

from common.ids import derived_id
from tests.integration.mailer.conftest import Office
from tests.integration.mailer.test_outbox import requested_mail
from tests.integration.mailer.test_suppressions import suppress
from tests.support.desk import ok
from tests.support.subprocesses import Finished, command

pytestmark = pytest.mark.asyncio(loop_scope="module")

TYPED, KEY = "old@bücher.example", "old@xn--bcher-kva.example"


async def migrate(office: Office) -> Finished:
    installation = office.room.installation
    return await command("mailer", installation.settings("mailer"), "migrate-addresses")


async def test_the_command_migrates_the_outbox_and_the_suppression_list_and_can_be_repeated(office: Office) -> None:
    request, db = requested_mail(office, email=TYPED), office.room.mailer.db
    await office.room.ask(request)
    mail = await office.room.became(request, "sent")
    await db["mails"].update_one({"_id": mail["_id"]}, {"$set": {"address": TYPED, "domain": "bücher.example"}})
    added = await suppress(office, TYPED)
    entry = await db["suppressions"].find_one_and_delete({"address": KEY, "active": True})
    assert entry is not None
    old_id = derived_id("suppression", office.admin.organisation_id, TYPED)
    await db["suppressions"].insert_one({**entry, "_id": old_id, "email": TYPED, "address": TYPED})

    first, second = await migrate(office), await migrate(office)

    assert (first.status, first.out) == (
        0,
        "addresses are migrated: 1 of the outbox, 1 of the suppression list changed\n",
    )
    assert second.out == "addresses are migrated: 0 of the outbox, 0 of the suppression list changed\n"
    assert (await office.room.entry(request))["domain"] == "xn--bcher-kva.example"
    [listed] = ok(await office.ask("GET", "/suppressions"))["items"]
    assert (listed["email"], listed["reason"], listed["added_by"]) == (KEY, added["reason"], added["added_by"])
