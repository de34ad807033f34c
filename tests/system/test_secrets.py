"""No database, stream, log, metric or file of the installation contains a secret that authenticates a person."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from common.services import SERVICES
from tests.support.credentials import App, refresh_token, with_cookie
from tests.support.eventually import eventually
from tests.support.mailer_fixture import part
from tests.support.messaging import messages_in
from tests.support.stack import RetryingClient, retrying_clients
from tests.system.conftest import LiveDesk

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORDS = {
    "first": "walrus-umbrella-1971",
    "wrong": "walrus-umbrela-1971",
    "weak": "zq9w",
    "changed": "teapot-meridian-2203",
    "reset": "lantern-oblique-4410",
    "invited": "gravel-harmony-8852",
}
LINK = re.compile(r"/(?:verify-email|reset-password|invitation)#token=([\w.~%=-]+)")


class SecretRecorder:
    """A person who records every secret they receive."""

    def __init__(self, desk: LiveDesk, person: RetryingClient, email: str) -> None:
        self.desk = desk
        self.person = person
        self.email = email
        self.secrets: set[str] = set()

    async def ask(self, method: str, path: str, expected: int, **body: Any) -> httpx.Response:
        """Sends a request until it is answered, and records the tokens of the response."""
        answer = await self.person.send(method, path, json=body or None, key=str(uuid4()))
        assert answer.status_code == expected, answer.text
        said = answer.json() if answer.content else {}
        if "access_token" in said:
            self.person.headers = {"Authorization": f"Bearer {said['access_token']}"}
            self.secrets |= {said["access_token"], said["access_token"].rpartition(".")[2], refresh_token(answer)}
        return answer

    async def refresh(self, token: str, expected: int) -> str:
        """Refreshes the session. Returns the next refresh token."""
        self.person.headers |= with_cookie(token)
        answer = await self.ask("POST", "/auth/refresh", expected)
        return refresh_token(answer) if expected == 200 else ""

    async def link(self, *, mails: int) -> str:
        """The token of the link in the newest mail, once so many with a link have arrived."""

        async def arrived() -> str:
            found = [LINK.findall(part(mail, "plain")) for mail in self.desk.smtp.to(self.email)]
            tokens = [str(each[0]) for each in found if each]
            assert len(tokens) >= mails, tokens
            return tokens[-1]

        self.secrets.add(token := await eventually(arrived))
        return token


async def account(desk: LiveDesk, person: RetryingClient) -> SecretRecorder:
    """Everything a person does with their account, while auth and its database are killed."""
    recorder = SecretRecorder(desk, person, "wanda@helpdesk.example")
    sign_up = {"email": recorder.email, "password": PASSWORDS["first"]}
    await recorder.ask("POST", "/auth/signup", 422, **{**sign_up, "password": PASSWORDS["weak"]})
    signed_up = await recorder.ask("POST", "/auth/signup", 201, **sign_up)
    await recorder.refresh("x" + await recorder.refresh(refresh_token(signed_up), 200), 401)
    await recorder.ask("POST", "/auth/verify-email", 204, token=await recorder.link(mails=1))
    app = App((await recorder.ask("POST", "/auth/mfa/totp", 201)).json()["secret"])
    confirmed = await recorder.ask("POST", "/auth/mfa/totp/confirm", 200, code=app.code())
    app.recovery_codes = confirmed.json()["recovery_codes"]
    recorder.secrets |= {app.key, *app.recovery_codes}
    desk.stack.kill("mongod")
    await recorder.ask("POST", "/auth/login", 401, **{**sign_up, "password": PASSWORDS["wrong"]})
    for code in (app.code(), app.recovery_codes[0]):
        first = (await recorder.ask("POST", "/auth/login", 200, **sign_up)).json()["mfa_token"]
        recorder.secrets |= {first, f'"{code}"'}
        await recorder.ask("POST", "/auth/login/mfa", 200, mfa_token=first, code=code)

    async def kill_auth() -> None:
        desk.stack.kill("auth")

    await eventually(kill_auth)
    change = {"current_password": PASSWORDS["first"], "new_password": PASSWORDS["changed"]}
    await recorder.ask("POST", "/auth/change-password", 204, **change)
    await recorder.ask("POST", "/auth/logout", 204)
    await recorder.ask("POST", "/auth/forgot-password", 202, email=recorder.email)
    reset = await recorder.link(mails=2)
    await recorder.ask("POST", "/auth/reset-password", 422, token=reset, password=PASSWORDS["weak"])
    await recorder.ask("POST", "/auth/reset-password", 204, token=reset, password=PASSWORDS["reset"])
    await recorder.ask("POST", "/auth/reset-password", 422, token=reset, password=PASSWORDS["reset"])
    return recorder


async def invitation(desk: LiveDesk, by: RetryingClient, person: RetryingClient) -> SecretRecorder:
    """A person joins by an invitation, whose mail the server refuses at first."""
    recorder = SecretRecorder(desk, person, "ivo@helpdesk.example")
    admin = desk.stack.account("admin")
    await by.log_in(admin["email"], admin["password"])
    await eventually(desk.stack.settled, within=60, every=0.2)  # so that the next mail is this one
    desk.smtp.answer_next("CONTENT", "451 not now")
    answer = await by.send("POST", "/users/invitations", json={"email": recorder.email, "name": "Ivo"}, key="ivo")
    assert answer.status_code == 201, answer.text
    await recorder.ask("POST", "/auth/accept-invitation", 422, token="x" * 43, password=PASSWORDS["invited"])
    token = await recorder.link(mails=1)
    assert desk.smtp.tried[recorder.email] == 2
    await recorder.ask("POST", "/auth/accept-invitation", 201, token=token, password=PASSWORDS["invited"])
    recorder.secrets |= {admin["password"], by.headers["Authorization"].rpartition(".")[2]}
    return recorder


async def everything_kept(desk: LiveDesk) -> AsyncIterator[tuple[str, str]]:
    """(place, text) of each document, message, metric and file of the installation."""
    async with desk.stack.mongo() as client:
        for database in SERVICES:
            for name in await client[database].list_collection_names():
                async for document in client[database][name].find():
                    yield f"{database}.{name}", str(document)
    async with desk.stack.nats() as broker:
        for stream in await broker.jetstream.streams_info():
            for message in await messages_in(broker, str(stream.config.name)):
                yield f"stream {stream.config.name}", f"{message.subject} {message.headers} {message.data!r}"
    async with httpx.AsyncClient() as http:
        for service in SERVICES:
            answer = await http.get(f"http://127.0.0.1:{desk.stack.port(service)}/metrics")
            yield f"metrics of {service}", answer.text
    for file in files(desk.stack.directory):
        place = file.name if file.suffix == ".log" else f"file {file.name}"
        yield place, file.read_bytes().decode("latin-1")


def files(directory: Path) -> list[Path]:
    """Logs, and the data files of MongoDB and NATS. MongoDB compresses them, so its documents are read as well. Not the
    files in which a script finds the demo accounts."""
    return [each for each in directory.rglob("*") if each.is_file() and each.name not in ("stack.json", "up.log")]


async def verifiers(desk: LiveDesk) -> set[str]:
    """What auth stores to verify secrets: hashes and encrypted keys."""
    async with desk.stack.mongo() as client:
        auth = client["auth"]
        sessions = await auth["sessions"].find().to_list()
        users = await auth["users"].find({"second_factor": {"$ne": None}}).to_list()
        keys = await auth["signing_keys"].find().to_list()
    assert users
    found = {str(session[name]) for session in sessions for name in ("refresh_hash", "previous_hash") if session[name]}
    for user in users:
        factor = user["second_factor"]
        found |= {factor["encrypted_key"].decode(), *factor["recovery_code_hashes"], user["password_hash"]}
    return found | {key["encrypted_private_key"].decode() for key in keys} | {"$argon2"}


VERIFIER_PLACES = {"auth.users", "auth.sessions", "auth.signing_keys", "mongod.log"}
"""Where verifiers may be, besides the data files of MongoDB, which logs slow commands too."""


async def test_no_secret_is_stored_in_plain_text_and_no_hash_leaves_auth(desk: LiveDesk) -> None:
    async with retrying_clients(desk.stack.url) as new_client:
        recorders = [await account(desk, new_client()), await invitation(desk, new_client(), new_client())]
    await eventually(desk.stack.settled, within=60, every=0.2)
    secrets = {*PASSWORDS.values(), *(secret for recorder in recorders for secret in recorder.secrets)}
    assert len(secrets) > 25
    hashes = await verifiers(desk)

    places: set[str] = set()
    async for place, text in everything_kept(desk):
        places.add(place)
        for secret in secrets:
            assert secret not in text, f"{place} has a secret"
        if place not in VERIFIER_PLACES and not place.startswith("file "):
            assert not any(each in text for each in hashes), f"{place} has a hash or an encrypted key of auth"
    expected = {"auth.users", "auth.events", "mailer.mails", "notifications.people", "tickets.people"}
    assert places >= expected | {"stream AUTH", "stream MAILER", "metrics of auth", "auth.log", "nginx.log"}, places
