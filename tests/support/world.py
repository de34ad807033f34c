"""A whole installation at work, everybody who may call it, and what a call can be about, made anew for each call."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal, get_args
from uuid import uuid4

from common.events import Role
from common.events.auth import InvitationCreated
from common.messaging.dead_letter import DeadLetters
from common.messaging.delivery import RawMessage
from common.messaging.publisher import JetStreamPublisher
from common.messaging.results import Reject
from tests.support.desk import Desk, ok, open_desk
from tests.support.eventually import eventually
from tests.support.forged import forged
from tests.support.inboxes import Inboxes
from tests.support.letters import said
from tests.support.mailroom import asked_for
from tests.support.messaging import a_session_ended
from tests.support.people import Person, another_organisation, make_person
from tests.support.quiet import quiet
from tests.support.services import Installation, RunningService
from tests.support.smtp import RecordingSmtp

Trusted = Literal["customer", "other customer", "agent", "admin", "operator", "outsider"]
"""`customer` asked for the tickets that calls are about; `outsider` is the admin of another organisation."""

TRUSTED: tuple[Trusted, ...] = get_args(Trusted)

ROLES: dict[Trusted, Role] = {
    "customer": "customer",
    "other customer": "customer",
    "agent": "agent",
    "admin": "admin",
    "operator": "operator",
    "outsider": "admin",
}


@dataclass(frozen=True)
class World:
    """`people` are logged in; `refused` are tokens that must not count, by what is wrong with them."""

    installation: Installation
    desk: Desk
    services: dict[str, RunningService]
    smtp: RecordingSmtp
    elsewhere: str
    people: dict[Trusted, Person]
    refused: dict[str, str | None]

    @property
    def auth(self) -> RunningService:
        """Where accounts are."""
        return self.services["auth"]

    @property
    def inboxes(self) -> Inboxes:
        """What people were told."""
        return Inboxes(self.installation, self.auth, self.services["tickets"], self.services["notifications"])

    async def settle(self) -> None:
        """Returns once everybody heard what they are to hear, and every mail is sent."""
        await quiet(self.installation, *self.services.values())

        async def none_is_owed() -> None:
            mails = self.services["mailer"].db["mails"]
            assert await mails.count_documents({"status": {"$in": ["queued", "sending"]}}) == 0

        await eventually(none_is_owed, within=60)

    def organisation_of(self, who: Trusted) -> str:
        """Its short name."""
        return {"outsider": self.elsewhere, "operator": "default"}.get(who, self.desk.organisation)

    async def another(self, who: Trusted, *, email_verified: bool = True) -> Person:
        """Somebody else of that role, for a call that takes away their session or account."""
        organisation = self.organisation_of(who)
        name = f"Nobody {uuid4()}"
        return await make_person(self.auth, ROLES[who], name, organisation, email_verified=email_verified)

    async def ticket(self) -> dict[str, str]:
        """Of the customer."""
        return {"ticket_id": (await self.desk.ticket())["id"]}

    async def deleted_ticket(self) -> dict[str, str]:
        """Of the customer, out of sight."""
        ticket = await self.desk.ticket()
        assert (await self.desk.delete(self.people["admin"], ticket)).status_code == 204
        return {"ticket_id": ticket["id"]}

    async def message(self) -> dict[str, str]:
        """Of the customer."""
        message = await self.desk.wrote(self.desk.customer, await self.desk.ticket())
        return {"ticket_id": message["ticket_id"], "message_id": message["id"]}

    async def attachment(self) -> dict[str, str]:
        """Of a message of the customer."""
        ticket = await self.desk.ticket()
        attachment = await self.desk.uploaded(self.desk.customer, ticket)
        await self.desk.wrote(self.desk.customer, ticket, attachment_ids=[attachment["id"]])
        return {"attachment_id": attachment["id"]}

    async def notification(self) -> dict[str, str]:
        """In the customer's inbox."""
        await self.desk.wrote(self.desk.agent, await self.desk.ticket())

        async def there() -> str:
            [newest] = (await self.inboxes.page(self.desk.customer, limit=1))["items"]
            return str(newest["id"])

        return {"notification_id": await eventually(there)}

    async def failed_mail(self) -> dict[str, str]:
        """In the organisation's part of the ledger."""
        address = f"nobody@{uuid4()}.example"
        self.smtp.answers[address] = "550 no such user"
        request = asked_for(email=address, organisation_id=self.desk.customer.organisation_id)
        async with self.installation.connected("notifications") as broker:
            await JetStreamPublisher(broker).publish(request)

        async def failed() -> str:
            mail = await self.services["mailer"].db["mails"].find_one({"recipient.email": address})
            assert mail is not None
            assert mail["status"] == "failed", mail
            return str(mail["_id"])

        return {"mail_id": await eventually(failed)}

    async def suppression(self) -> dict[str, str]:
        """Of the organisation."""
        suppressed = await self._made("mailer", "/mail/suppressions", {"email": f"{uuid4()}@example.org"})
        return {"suppression_id": suppressed["id"]}

    async def colleague(self) -> dict[str, str]:
        """An agent of the organisation."""
        return {"user_id": str((await self.another("agent")).id)}

    async def organisation(self) -> dict[str, str]:
        """Another one."""
        body = {"slug": f"new-{uuid4().hex[:20]}", "name": "New"}
        answer = await self.auth.http.post("/api/v1/organisations", json=body, headers=self.people["operator"].headers)
        return {"organisation_id": ok(answer, 201)["id"]}

    async def invited(self) -> dict[str, str]:
        """Somebody, to the organisation."""
        return {"invitation_id": (await self._invite())["id"]}

    async def invitation(self) -> InvitationCreated:
        """What somebody who was invited is sent."""
        email = (await self._invite())["email"]

        async def sent() -> InvitationCreated:
            found = await said(self.auth, InvitationCreated, self.desk.customer.organisation_id)
            assert email in [each.email for each in found]
            return next(each for each in found if each.email == email)

        return await eventually(sent)

    async def dead_letter(self, service: str) -> dict[str, str]:
        """Of the organisation: something the service could not handle."""
        event = a_session_ended().model_copy(update={"organisation_id": self.desk.customer.organisation_id})
        async with self.installation.connected(service) as broker:
            letters = DeadLetters(broker, service)
            message = RawMessage(str(event.id), "AUTH", event.subject, {}, b"{}")
            await letters.store(message, Reject("broken"), attempts=1)
            [sequence] = [each.sequence async for each in letters.list() if each.subject == event.subject]
        return {"sequence": str(sequence)}

    async def _invite(self) -> dict[str, Any]:
        new = {"email": f"{uuid4()}@example.org", "name": "Nina Newcomer"}
        return await self._made("auth", "/users/invitations", new)

    async def _made(self, service: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = self.people["admin"].headers
        return ok(await self.services[service].http.post(f"/api/v1{path}", json=body, headers=headers), 201)


@asynccontextmanager
async def open_world(installation: Installation, smtp: RecordingSmtp) -> AsyncIterator[World]:
    """All four services, without rate limits, and a desk whose people all of them know."""
    own: dict[str, dict[str, Any]] = {
        "notifications": {"stream_seconds": 0.01},  # a stream that goes on is an answer once it has ended
        "mailer": {"smtp_host": "127.0.0.1", "smtp_port": smtp.port},
    }
    async with AsyncExitStack() as stack:
        services = {
            name: await stack.enter_async_context(installation.run(name, rate_limits=False, **own.get(name, {})))
            for name in ("auth", "tickets", "notifications", "mailer")
        }
        for service in services.values():
            await eventually(service.is_ready)
        auth = services["auth"]
        desk = await open_desk(auth, services["tickets"], f"desk-{uuid4()}")
        elsewhere = await another_organisation()
        people: dict[Trusted, Person] = {
            "customer": desk.customer,
            "other customer": await make_person(auth, "customer", "Chris Customer", desk.organisation),
            "agent": desk.agent,
            "admin": await make_person(auth, "admin", "Ada Admin", desk.organisation),
            "operator": await make_person(auth, "operator", "Olga Operator"),
            "outsider": await make_person(auth, "admin", "Otto Outsider", elsewhere),
        }
        await desk.knows(*people.values())
        world = World(installation, desk, services, smtp, elsewhere, people, {})
        await world.settle()
        yield World(installation, desk, services, smtp, elsewhere, people, await _refused(world))


async def _refused(world: World) -> dict[str, str | None]:
    gone, dismissed = await world.another("agent"), await world.another("agent")
    await world.auth.http.post("/api/v1/auth/logout", headers=gone.headers)
    admin = world.people["admin"]
    change = await world.auth.http.patch(f"/api/v1/users/{dismissed.id}", json={"active": False}, headers=admin.headers)
    ok(change)

    async def known_everywhere() -> None:
        for service, path in (("tickets", "/tickets"), ("notifications", "/notifications"), ("mailer", "/mail/outbox")):
            for person in (gone, dismissed):
                answer = await world.services[service].http.get(f"/api/v1{path}", headers=person.headers)
                assert answer.status_code == 401

    await eventually(known_everywhere)
    return {
        "no token": None,
        **await forged(world.auth, admin),
        "ended session": gone.access_token,
        "deactivated": dismissed.access_token,
    }
