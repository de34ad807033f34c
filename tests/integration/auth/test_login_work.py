"""Every failed login does the same work, so its duration does not reveal who has an account."""

import pytest
from argon2 import PasswordHasher
from pymongo import monitoring
from pymongo.monitoring import CommandListener, CommandStartedEvent

from tests.support.desk import problem
from tests.support.people import PASSWORD, make_agent
from tests.support.services import Installation


class CommandRecorder(CommandListener):
    """The commands sent to MongoDB, by name and collection."""

    def __init__(self) -> None:
        self.commands: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in ("find", "insert", "update", "delete", "findAndModify", "aggregate"):
            self.commands.append(f"{event.command_name} {event.command[event.command_name]}")

    def succeeded(self, event: object) -> None: ...

    def failed(self, event: object) -> None: ...


async def test_every_failed_login_hashes_reads_and_writes_the_same(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    verify = PasswordHasher.verify

    def count(self: PasswordHasher, hash_: str, password: str) -> bool:
        hashed.append(hash_)
        return verify(self, hash_, password)

    recorder = CommandRecorder()
    monkeypatch.setattr(PasswordHasher, "verify", count)
    monitoring.register(recorder)
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
                recorder.commands.clear()
                hashed.clear()
                problem(
                    await auth.http.post("/api/v1/auth/login", json={"password": PASSWORD, **fields}),
                    401,
                    "wrong_credentials",
                )
                kinds.append([*recorder.commands, f"verify {len(hashed)}"])
    finally:
        monitoring._LISTENERS.command_listeners.remove(recorder)

    assert kinds[0] == [
        "find organisations",
        "find users",
        "aggregate rate_limits",
        "findAndModify rate_limits",
        "findAndModify rate_limits",
        "insert failed_logins",
        "findAndModify rate_limits",
        "findAndModify rate_limits",
        "verify 1",
    ]
    assert all(each == kinds[0] for each in kinds)
