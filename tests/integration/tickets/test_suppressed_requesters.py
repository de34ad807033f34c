"""Staff see before they write that emails to a requester are not delivered; customers do not see it."""

import pytest

from common.ids import new_id
from tests.support.desk import Desk
from tests.support.eventually import eventually
from tests.support.services import Installation
from tests.support.suppressions import remove_suppression, suppress

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_staff_see_that_emails_to_a_requester_are_not_delivered_and_why(
    desk: Desk, shared_installation: Installation
) -> None:
    organisation_id, email = desk.customer.organisation_id, desk.customer.email
    ticket = await desk.ticket(desk.customer)

    async def shown(reason: str | None) -> None:
        [listed] = (await desk.listed(desk.agent, requester=str(desk.customer.id)))["items"]
        for view in (listed, await desk.get(desk.agent, ticket)):
            assert view.get("requester_email_suppression", "missing") == reason

    await suppress(shared_installation, organisation_id, email.upper())
    await eventually(lambda: shown("It bounced."))
    assert (await desk.get(desk.customer, ticket))["requester_email_suppression"] is None
    assert (await desk.get(desk.agent, ticket))["version"] == ticket["version"]

    await remove_suppression(shared_installation, organisation_id, email)
    await eventually(lambda: shown(None))


async def test_the_suppression_list_of_another_organisation_says_nothing(
    desk: Desk, shared_installation: Installation
) -> None:
    ticket = await desk.ticket(desk.customer)
    await suppress(shared_installation, new_id(), desk.customer.email)
    await suppress(shared_installation, desk.customer.organisation_id, "somebody.else@example.org")

    async def stored() -> None:
        assert await desk.tickets.db["suppressed_addresses"].count_documents({"reason": "It bounced."}) >= 2

    await eventually(stored)
    assert (await desk.get(desk.agent, ticket))["requester_email_suppression"] is None
