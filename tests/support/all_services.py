"""All four services, the callers of their routes, and resources that are new for each call."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal, get_args
from uuid import UUID, uuid4

from common.events import Role
from common.messaging.dead_letter import DeadLetters
from common.messaging.delivery import RawMessage
from common.messaging.publisher import JetStreamPublisher
from common.messaging.results import Reject
from common.services import SERVICES
from tests.support.credentials import invalid_tokens, issued_links
from tests.support.desk import Desk, ok, open_desk
from tests.support.eventually import eventually
from tests.support.inboxes import Inboxes
from tests.support.mailer_fixture import email_request
from tests.support.messaging import a_session_ended
from tests.support.people import PASSWORD, Person, another_organisation, log_in, make_person
from tests.support.services import Installation, RunningService
from tests.support.settled import wait_until_settled
from tests.support.smtp import RecordingSmtp

CallerName = Literal["customer", "other customer", "agent", "admin", "operator", "outsider"]
"""`customer` requested the tickets that calls are about; `outsider` is the admin of another organisation."""

CALLERS: tuple[CallerName, ...] = get_args(CallerName)
ROLES: dict[CallerName, Role] = dict(
    zip(CALLERS, ("customer", "customer", "agent", "admin", "operator", "admin"), strict=True)
)
PathParameters = dict[str, str]


@dataclass(frozen=True)
class AllServices:
    """`people` are logged in; `rejected` are tokens that every service rejects, by what is wrong with them."""

    installation: Installation
    desk: Desk
    services: dict[str, RunningService]
    smtp: RecordingSmtp
    other_organisation: str
    people: dict[CallerName, Person]
    rejected: dict[str, str | None]

    @property
    def auth(self) -> RunningService:
        return self.services["auth"]

    @property
    def inboxes(self) -> Inboxes:
        return Inboxes(self.installation, self.auth, self.services["tickets"], self.services["notifications"])

    async def settle(self) -> None:
        """Returns once every event is handled and every mail is sent."""
        await wait_until_settled(self.installation, *self.services.values())

        async def no_mail_is_pending() -> None:
            mails = self.services["mailer"].db["mails"]
            assert await mails.count_documents({"status": {"$in": ["queued", "sending"]}}) == 0

        await eventually(no_mail_is_pending)

    async def renew_proofs(self) -> None:
        """Everybody has just proved their identity: a file of tests may last longer than a proof is recent."""
        await self.auth.db["sessions"].update_many({}, {"$currentDate": {"authenticated_at": True}})

    def organisation_of(self, caller: CallerName) -> str:
        """Its slug."""
        return {"outsider": self.other_organisation, "operator": "default"}.get(caller, self.desk.organisation)

    async def another(self, caller: CallerName, *, email_verified: bool = True) -> Person:
        """A second user like that caller, for a call that ends their session or changes their account."""
        slug = self.organisation_of(caller)
        return await make_person(self.auth, ROLES[caller], f"Nobody {uuid4()}", slug, email_verified=email_verified)

    async def ticket(self) -> PathParameters:
        return {"ticket_id": (await self.desk.ticket())["id"]}

    async def deleted_ticket(self) -> PathParameters:
        ticket = await self.desk.ticket()
        assert (await self.desk.delete(self.people["admin"], ticket)).status_code == 204
        return {"ticket_id": ticket["id"]}

    async def message(self) -> PathParameters:
        message = await self.desk.wrote(self.desk.customer, await self.desk.ticket())
        return {"ticket_id": message["ticket_id"], "message_id": message["id"]}

    async def attachment(self) -> PathParameters:
        ticket = await self.desk.ticket()
        attachment = await self.desk.uploaded(self.desk.customer, ticket)
        await self.desk.wrote(self.desk.customer, ticket, attachment_ids=[attachment["id"]])
        return {"attachment_id": attachment["id"]}

    async def notification(self) -> PathParameters:
        await self.desk.wrote(self.desk.agent, await self.desk.ticket())

        async def arrived() -> str:
            [newest] = (await self.inboxes.page(self.desk.customer, limit=1))["items"]
            return str(newest["id"])

        return {"notification_id": await eventually(arrived)}

    async def failed_mail(self) -> PathParameters:
        address = f"nobody@{uuid4()}.example"
        self.smtp.answers[address] = "550 no such user"
        request = email_request(email=address, organisation_id=self.desk.customer.organisation_id)
        async with self.installation.connected("notifications") as broker:
            await JetStreamPublisher(broker).publish(request)

        async def failed() -> str:
            mail = await self.services["mailer"].db["mails"].find_one({"recipient.email": address, "status": "failed"})
            assert mail is not None
            return str(mail["_id"])

        return {"mail_id": await eventually(failed)}

    async def unknown_mail(self) -> PathParameters:
        path = await self.failed_mail()
        unknown = {"$set": {"status": "unknown"}, "$inc": {"version": 1}}
        await self.services["mailer"].db["mails"].update_one({"_id": UUID(path["mail_id"])}, unknown)
        return path

    async def suppression(self) -> PathParameters:
        body = {"email": f"{uuid4()}@example.org"}
        return {"suppression_id": (await self._post("mailer", "/mail/suppressions", body))["id"]}

    async def colleague(self) -> PathParameters:
        return {"user_id": str((await self.another("agent")).id)}

    async def new_organisation(self) -> PathParameters:
        body = {"slug": f"new-{uuid4()}", "name": "New"}
        return {"organisation_id": (await self._post("auth", "/organisations", body, "operator"))["id"]}

    async def invitation(self) -> PathParameters:
        return {"invitation_id": (await self._invite())["id"]}

    async def invitation_token(self) -> str:
        """Of the link that an invited person receives."""
        email = (await self._invite())["email"]

        async def sent() -> str:
            found = await issued_links(self.auth, "invitation", self.desk.customer.organisation_id)
            return {each.recipient.email: each for each in found}[email].token

        return await eventually(sent)

    async def session_of_customer(self) -> PathParameters:
        person = await log_in(self.auth, self.desk.customer.email, self.desk.organisation)
        sessions = ok(await self.auth.http.get("/api/v1/auth/sessions", headers=person.headers))["items"]
        return {"session_id": next(each["id"] for each in sessions if each["current"])}

    async def login(self, caller: CallerName) -> dict[str, str]:
        """The request body of a new user like that caller."""
        person = await self.another(caller)
        return {"email": person.email, "password": PASSWORD, "organisation": self.organisation_of(caller)}

    async def dead_letter(self, service: str) -> PathParameters:
        """Of the organisation: an event that the service failed to handle."""
        event = a_session_ended().model_copy(update={"organisation_id": self.desk.customer.organisation_id})
        message = RawMessage(str(event.id), "AUTH", event.subject, {}, b"{}")
        async with self.installation.connected(service) as broker:
            letters = DeadLetters(broker, service)
            await letters.store(message, Reject("broken"), attempts=1)
            [sequence] = [each.sequence async for each in letters.list() if each.subject == event.subject]
        return {"sequence": str(sequence)}

    async def _invite(self) -> dict[str, Any]:
        return await self._post("auth", "/users/invitations", {"email": f"{uuid4()}@example.org", "name": "Nina"})

    async def _post(self, service: str, path: str, body: object, by: CallerName = "admin") -> dict[str, Any]:
        headers = self.people[by].headers
        return ok(await self.services[service].http.post(f"/api/v1{path}", json=body, headers=headers), 201)


@asynccontextmanager
async def run_all_services(
    installation: Installation, smtp: RecordingSmtp, **everywhere: Any
) -> AsyncIterator[AllServices]:
    """Without rate limits, with a desk whose people every service knows. `everywhere` are settings of every service."""
    settings: dict[str, dict[str, Any]] = {
        "notifications": {"stream_seconds": 0.01},  # a stream has to end to be a response
        "mailer": {"smtp_host": "127.0.0.1", "smtp_port": smtp.port},
    }
    async with AsyncExitStack() as stack:
        services = {
            name: await stack.enter_async_context(
                installation.run(name, rate_limits=False, **everywhere, **settings.get(name, {}))
            )
            for name in SERVICES
        }
        for service in services.values():
            await eventually(service.is_ready)
        auth = services["auth"]
        desk = await open_desk(auth, services["tickets"], f"desk-{uuid4()}")
        elsewhere = await another_organisation()
        people: dict[CallerName, Person] = {
            "customer": desk.customer,
            "other customer": await make_person(auth, "customer", "Chris Customer", desk.organisation),
            "agent": desk.agent,
            "admin": await make_person(auth, "admin", "Ada Admin", desk.organisation),
            "operator": await make_person(auth, "operator", "Olga Operator"),
            "outsider": await make_person(auth, "admin", "Otto Outsider", elsewhere),
        }
        await desk.knows(*people.values())
        running = AllServices(installation, desk, services, smtp, elsewhere, people, {})
        await running.settle()
        running.rejected.update(await _rejected_tokens(running))
        yield running


async def _rejected_tokens(running: AllServices) -> dict[str, str | None]:
    logged_out, deactivated = await running.another("agent"), await running.another("agent")
    await running.auth.http.post("/api/v1/auth/logout", headers=logged_out.headers)
    admin, path = running.people["admin"], f"/api/v1/users/{deactivated.id}"
    ok(await running.auth.http.patch(path, json={"active": False}, headers=admin.headers))

    async def rejected_everywhere() -> None:
        for service, path in (("tickets", "/tickets"), ("notifications", "/notifications"), ("mailer", "/mail/outbox")):
            for person in (logged_out, deactivated):
                answer = await running.services[service].http.get(f"/api/v1{path}", headers=person.headers)
                assert answer.status_code == 401

    await eventually(rejected_everywhere)
    invalid = await invalid_tokens(running.auth, admin)
    revoked = {"ended session": logged_out.access_token, "deactivated": deactivated.access_token}
    return {"no token": None, **invalid, **revoked}
