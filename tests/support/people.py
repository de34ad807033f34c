"""People of a test, made through auth, each with a token that every service believes."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Self
from uuid import UUID, uuid4

from argon2 import PasswordHasher

from auth.organisation.document import Organisation
from auth.user.document import User
from common.events import Role
from tests.support.services import RunningService

PASSWORD = "correct horse battery"

quick_hasher = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
"""Real hashes, made in no time: what a hash costs is said inside of it. Usually it is a third of a second."""


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in."""

    id: UUID
    email: str
    name: str
    role: Role
    organisation_id: UUID
    access_token: str

    @property
    def headers(self) -> dict[str, str]:
        """What makes a request theirs."""
        return {"Authorization": f"Bearer {self.access_token}"}

    @classmethod
    def of(cls, logged_in: dict[str, Any]) -> Self:
        """From the answer to a sign-up or log-in."""
        user = logged_in["user"]
        return cls(
            id=UUID(user["id"]),
            email=user["email"],
            name=user["name"],
            role=user["role"],
            organisation_id=UUID(user["organisation_id"]),
            access_token=logged_in["access_token"],
        )


async def sign_up(auth: RunningService, name: str, organisation: str = "default") -> Person:
    """A customer, by the front door."""
    body = {"email": _address(name), "password": PASSWORD, "name": name, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/signup", json=body)
    assert answer.status_code == 201, answer.text
    return Person.of(answer.json())


async def make_person(
    auth: RunningService, role: Role, name: str, organisation: str = "default", *, email_verified: bool = True
) -> Person:
    """Somebody of any role, as an operator's command makes them; logged in by the front door."""
    found = await Organisation.by_slug(organisation)
    person = User.register(
        found.id, _address(name), name, role, quick_hasher().hash(PASSWORD), email_verified=email_verified
    )
    await person.commit()
    return await log_in(auth, _address(name), organisation)


async def make_agent(auth: RunningService, name: str, organisation: str = "default") -> Person:
    """An agent."""
    return await make_person(auth, "agent", name, organisation)


async def make_admin(auth: RunningService, name: str, organisation: str = "default") -> Person:
    """An admin."""
    return await make_person(auth, "admin", name, organisation)


async def make_operator(auth: RunningService, name: str = "Olga Operator") -> Person:
    """Somebody who looks after all organisations."""
    return await make_person(auth, "operator", name)


async def make_outsider(auth: RunningService, role: Role = "admin") -> Person:
    """Somebody of another organisation, who must not get to see anything of this one."""
    return await make_person(auth, role, "Otto Outsider", await another_organisation())


async def log_in(auth: RunningService, email: str, organisation: str = "default") -> Person:
    """Somebody who has an account."""
    body = {"email": email, "password": PASSWORD, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/login", json=body)
    assert answer.status_code == 200, answer.text
    return Person.of(answer.json())


async def make_organisation(slug: str) -> None:
    """Another support desk."""
    await Organisation.new(slug, slug.title()).commit()


async def another_organisation() -> str:
    """The short name of a new one."""
    slug = f"elsewhere-{uuid4()}"
    await make_organisation(slug)
    return slug


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@example.org"
