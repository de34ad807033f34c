"""Users of a test, made through auth, each with an access token that every service accepts."""

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
"""Real hashes at the lowest cost. The production cost is a third of a second."""


@dataclass(frozen=True)
class Person:
    """A user who is logged in."""

    id: UUID
    email: str
    name: str
    role: Role
    organisation_id: UUID
    access_token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access_token}"}

    @classmethod
    def of(cls, logged_in: dict[str, Any]) -> Self:
        """From the response body of a sign-up or login."""
        user, token = logged_in["user"], logged_in["access_token"]
        ids = UUID(user["id"]), UUID(user["organisation_id"])
        return cls(ids[0], user["email"], user["name"], user["role"], ids[1], token)


async def sign_up(auth: RunningService, name: str, organisation: str = "default") -> Person:
    body = {"email": _address(name), "password": PASSWORD, "name": name, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/signup", json=body)
    assert answer.status_code == 201, answer.text
    return Person.of(answer.json())


async def make_person(
    auth: RunningService, role: Role, name: str, organisation: str = "default", *, email_verified: bool = True
) -> Person:
    """Registers a user of any role as an operator's command does, and logs in over HTTP."""
    found, password = await Organisation.by_slug(organisation), quick_hasher().hash(PASSWORD)
    if role == "operator":
        await found.mark_operators()
    await User.register(found.id, _address(name), name, role, password, email_verified=email_verified).commit()
    return await log_in(auth, _address(name), organisation)


async def make_agent(auth: RunningService, name: str, organisation: str = "default") -> Person:
    return await make_person(auth, "agent", name, organisation)


async def make_admin(auth: RunningService, name: str, organisation: str = "default") -> Person:
    return await make_person(auth, "admin", name, organisation)


async def make_operator(auth: RunningService, name: str = "Olga Operator") -> Person:
    return await make_person(auth, "operator", name)


async def make_outsider(auth: RunningService, role: Role = "admin") -> Person:
    """A user of another organisation."""
    return await make_person(auth, role, "Otto Outsider", await another_organisation())


async def log_in(auth: RunningService, email: str, organisation: str = "default") -> Person:
    body = {"email": email, "password": PASSWORD, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/login", json=body)
    assert answer.status_code == 200, answer.text
    return Person.of(answer.json())


async def make_organisation(slug: str) -> None:
    await Organisation.new(slug, slug.title()).commit()


async def another_organisation() -> str:
    """The slug of a new organisation."""
    slug = f"elsewhere-{uuid4()}"
    await make_organisation(slug)
    return slug


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@example.org"
