"""What lets somebody in is in no database, stream, log or metric of the whole installation, whatever happened to it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from common.services import SERVICES
from tests.support.credentials import App, refresh_token
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
LINK = re.compile(r"/(?:verify-email|reset-password|invitation)\?token=([\w.~%=-]+)")


class Wallet:
    """A person who writes down every secret that comes by."""

    def __init__(self, desk: LiveDesk, person: RetryingClient, email: str) -> None:
        self.desk = desk
        self.person = person
        self.email = email
        self.secrets: set[str] = set()

    async def ask(self, method: str, path: str, expected: int, **body: Any) -> httpx.Response:
        """Sends a request until it is answered, and takes what lets somebody in out of the answer."""
        answer = await self.person.send(method, path, json=body or None)
        assert answer.status_code == expected, answer.text
        said = answer.json() if answer.content else {}
        if "access_token" in said:
            self.person.headers = {"Authorization": f"Bearer {said['access_token']}"}
            self.secrets |= {said["access_token"], said["access_token"].rpartition(".")[2], refresh_token(answer)}
        return answer

    async def link(self, *, mails: int) -> str:
        """The secret of the link in the newest mail, once so many with a link have come."""

        async def come() -> str:
            found = [LINK.findall(part(mail, "plain")) for mail in self.desk.smtp.to(self.email)]
            tokens = [str(each[0]) for each in found if each]
            assert len(tokens) >= mails, tokens
            return tokens[-1]

        self.secrets.add(token := await eventually(come))
        return token


async def account(desk: LiveDesk, person: RetryingClient) -> Wallet:
    """Everything somebody does with an account of their own, while auth and its database are killed."""
    wallet = Wallet(desk, person, "wanda@helpdesk.example")
    sign_up = {"email": wallet.email, "password": PASSWORDS["first"]}
    await wallet.ask("POST", "/auth/signup", 422, **{**sign_up, "password": PASSWORDS["weak"]})
    await wallet.ask("POST", "/auth/signup", 201, **sign_up)
    await wallet.ask("POST", "/auth/verify-email", 204, token=await wallet.link(mails=1))
    app = App((await wallet.ask("POST", "/auth/mfa/totp", 201)).json()["secret"])
    confirmed = await wallet.ask("POST", "/auth/mfa/totp/confirm", 200, code=app.code())
    app.recovery_codes = confirmed.json()["recovery_codes"]
    wallet.secrets |= {app.key, *app.recovery_codes}
    desk.stack.kill("mongod")
    await wallet.ask("POST", "/auth/login", 401, **{**sign_up, "password": PASSWORDS["wrong"]})
    for code in (app.code(), app.recovery_codes[0]):
        first = (await wallet.ask("POST", "/auth/login", 200, **sign_up)).json()["mfa_token"]
        wallet.secrets.add(first)
        await wallet.ask("POST", "/auth/login/mfa", 200, mfa_token=first, code=code)

    async def kill_auth() -> None:
        desk.stack.kill("auth")

    await eventually(kill_auth)
    change = {"current_password": PASSWORDS["first"], "new_password": PASSWORDS["changed"]}
    await wallet.ask("POST", "/auth/change-password", 204, **change)
    await wallet.ask("POST", "/auth/forgot-password", 202, email=wallet.email)
    reset = await wallet.link(mails=2)
    await wallet.ask("POST", "/auth/reset-password", 422, token=reset, password=PASSWORDS["weak"])
    await wallet.ask("POST", "/auth/reset-password", 204, token=reset, password=PASSWORDS["reset"])
    await wallet.ask("POST", "/auth/reset-password", 422, token=reset, password=PASSWORDS["reset"])
    return wallet


async def invitation(desk: LiveDesk, by: RetryingClient, person: RetryingClient) -> Wallet:
    """Somebody is invited, whom the mail server refuses at first, and joins."""
    wallet = Wallet(desk, person, "ivo@helpdesk.example")
    admin = desk.stack.account("admin")
    await by.log_in(admin["email"], admin["password"])
    await eventually(desk.stack.settled, within=60, every=0.2)  # so that the next mail is this one
    desk.smtp.answer_next("CONTENT", "451 not now")
    answer = await by.send("POST", "/users/invitations", json={"email": wallet.email, "name": "Ivo"}, key="ivo")
    assert answer.status_code == 201, answer.text
    await wallet.ask("POST", "/auth/accept-invitation", 422, token="x" * 43, password=PASSWORDS["invited"])
    token = await wallet.link(mails=1)
    assert desk.smtp.tried[wallet.email] == 2
    await wallet.ask("POST", "/auth/accept-invitation", 201, token=token, password=PASSWORDS["invited"])
    wallet.secrets |= {admin["password"], by.headers["Authorization"].rpartition(".")[2]}
    return wallet


async def everything_kept(desk: LiveDesk) -> AsyncIterator[tuple[str, str]]:
    """(where, text) of each document, message, metric and file of the installation."""
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
        yield file.name, file.read_bytes().decode("latin-1")


def files(directory: Path) -> list[Path]:
    """Logs, and what MongoDB and NATS keep on disk, of which MongoDB compresses much: what is in its collections is
    looked at above. Not how a script finds the demo accounts."""
    return [each for each in directory.rglob("*") if each.is_file() and each.name not in ("stack.json", "up.log")]


async def test_no_secret_is_kept_anywhere_as_it_is(desk: LiveDesk) -> None:
    async with retrying_clients(desk.stack.url) as new_client:
        wallets = [await account(desk, new_client()), await invitation(desk, new_client(), new_client())]
    await eventually(desk.stack.settled, within=60, every=0.2)
    secrets = {*PASSWORDS.values(), *(secret for wallet in wallets for secret in wallet.secrets)}
    assert len(secrets) > 25

    places: set[str] = set()
    async for where, text in everything_kept(desk):
        places.add(where)
        for secret in secrets:
            assert secret not in text, f"{where} has a secret"
    expected = {"auth.users", "auth.events", "mailer.mails", "notifications.people", "tickets.people"}
    assert places >= expected | {"stream AUTH", "stream MAILER", "metrics of auth", "auth.log", "nginx.log"}, places
