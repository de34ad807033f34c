"""A log-in that fails costs the same, whatever was wrong: so its time says nothing of who has an account."""

import pytest
from argon2 import PasswordHasher
from pymongo import monitoring
from pymongo.monitoring import CommandListener, CommandStartedEvent

from tests.support.desk import problem
from tests.support.people import PASSWORD, make_agent
from tests.support.services import Installation


class Work(CommandListener):
    """What is asked of MongoDB: the commands, by name and collection."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in ("find", "insert", "update", "delete", "findAndModify", "aggregate"):
            self.done.append(f"{event.command_name} {event.command[event.command_name]}")

    def succeeded(self, event: object) -> None: ...

    def failed(self, event: object) -> None: ...


async def test_whatever_is_wrong_the_same_is_hashed_read_and_written(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, hash_: str, password: str) -> bool:
        hashed.append(hash_)
        return verify(self, hash_, password)

    work = Work()
    monkeypatch.setattr(PasswordHasher, "verify", counted)
    monitoring.register(work)
    try:
        async with installation.run("auth", role="api") as auth:
            alex, gone = await make_agent(auth, "Alex Agent"), await make_agent(auth, "Gone Agent")
            await auth.db["users"].update_one({"_id": gone.id}, {"$set": {"active": False}})
            kinds: list[list[str]] = []
            for fields in (
                {"email": alex.email, "password": "a wrong password"},
                {"email": "nobody@example.org"},
                {"email": gone.email},
                {"email": gone.email, "password": "a wrong password"},
                {"email": alex.email, "organisation": "nowhere"},
            ):
                work.done.clear()
                hashed.clear()
                problem(
                    await auth.http.post("/api/v1/auth/login", json={"password": PASSWORD, **fields}),
                    401,
                    "wrong_credentials",
                )
                kinds.append([*work.done, f"verify {len(hashed)}"])
    finally:
        monitoring._LISTENERS.command_listeners.remove(work)

    assert kinds[0] == [
        "find organisations",
        "findAndModify rate_limits",
        "findAndModify rate_limits",
        "find users",
        "insert failed_logins",
        "verify 1",
    ]
    assert all(each == kinds[0] for each in kinds)
