"""What people were told: in their inboxes, and by the mails notifications asked for."""

from dataclasses import dataclass
from typing import Any

from common.events.notifications import EmailRequested
from common.outbox import EventLog, Slice
from tests.support.desk import ok
from tests.support.people import Person
from tests.support.quiet import quiet
from tests.support.services import Installation, RunningService


@dataclass(frozen=True)
class Inboxes:
    """Those of everybody, with the services whose events fill them."""

    installation: Installation
    auth: RunningService
    tickets: RunningService
    notifications: RunningService

    async def settle(self) -> None:
        """Returns once everybody heard what they are to hear."""
        await quiet(self.installation, self.auth, self.tickets, self.notifications)

    async def page(self, person: Person, **query: Any) -> dict[str, Any]:
        """A page of somebody's inbox."""
        answer = await self.notifications.http.get("/api/v1/notifications", headers=person.headers, params=query)
        return ok(answer)

    async def kinds(self, person: Person) -> list[str]:
        """What somebody was told by now about tickets, oldest first."""
        items = (await self.page(person, limit=100))["items"]
        return [item["kind"] for item in reversed(items) if item["kind"] != "welcome"]

    async def mails(self, person: Person) -> list[EmailRequested]:
        """The mails to somebody that were asked for about tickets."""
        wanted = Slice(type=EmailRequested.type, organisation_id=person.organisation_id)
        asked = [EmailRequested.model_validate(e.data) async for e in EventLog(self.notifications.db).read(wanted)]
        return [mail for mail in asked if mail.recipient.id == person.id and mail.template != "welcome"]

    async def heard(self, person: Person) -> tuple[list[str], list[str]]:
        """Kinds in the inbox, and kinds of the mails, once nothing is on its way any more."""
        await self.settle()
        return await self.kinds(person), [mail.template for mail in await self.mails(person)]
