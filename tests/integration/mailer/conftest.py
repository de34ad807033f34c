"""What tests of mailer stand on: a mailer and a mail server shared by a module, and auth for those who ask."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest_asyncio

from common.events import Role
from tests.support.eventually import eventually
from tests.support.mailer_fixture import MailerFixture
from tests.support.people import Person, make_organisation, make_person
from tests.support.services import Installation, RunningService
from tests.support.smtp import recording_smtp

RETRY_DELAYS = [0.05, 0.05]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def room(shared_installation: Installation) -> AsyncIterator[MailerFixture]:
    """Tries a mail three times."""
    async with (
        recording_smtp() as smtp,
        shared_installation.run(
            "mailer", smtp_host="127.0.0.1", smtp_port=smtp.port, mail_retry_delays=RETRY_DELAYS, rate_limits=False
        ) as mailer,
    ):
        yield MailerFixture(shared_installation, mailer, smtp)


@dataclass(frozen=True)
class Office:
    """The mail room, with its counter. `admin` is of an organisation of this test alone."""

    room: MailerFixture
    auth: RunningService
    organisation: str
    admin: Person

    async def ask(self, method: str, path: str, by: Person | None = None, **more: Any) -> httpx.Response:
        """Any call below /mail, by default the admin's."""
        headers = {**(by or self.admin).headers, **more.pop("headers", {})}
        return await self.room.mailer.http.request(method, f"/api/v1/mail{path}", headers=headers, **more)

    async def somebody(self, role: Role, organisation: str | None = None) -> Person:
        """Somebody else, by default of the same organisation."""
        return await make_person(self.auth, role, f"Some {role} {uuid4()}", organisation or self.organisation)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def auth(shared_installation: Installation) -> AsyncIterator[RunningService]:
    """Who is who."""
    async with shared_installation.run("auth", rate_limits=False) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def office(room: MailerFixture, auth: RunningService) -> Office:
    """Open to admins."""
    slug = f"office-{uuid4()}"
    await make_organisation(slug)
    admin = await make_person(auth, "admin", "Ada Admin", slug)
    await eventually(room.mailer.is_ready)
    return Office(room, auth, slug, admin)
