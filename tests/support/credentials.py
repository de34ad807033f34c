"""What authenticates a person in tests of auth: refresh cookies, one-time codes, emailed links, invalid tokens."""

import base64
import json
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import Morsel, SimpleCookie
from typing import Any, TypeVar
from uuid import UUID

import httpx
import jwt
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from auth.domain import totp
from auth.domain.mailed_token import MailedToken
from auth.user.pending import FormerEmail
from common import clock
from common.addresses import address_key
from common.events import Envelope, Event
from common.events.auth import SecretLinkIssued
from common.mongo import require_document
from common.outbox import EventLog, EventSelection
from common.secret_links import LinkBinding, LinkDecryptor, SecretLink
from common.token_verifier import ALGORITHM
from tests.support.desk import ok
from tests.support.eventually import eventually
from tests.support.messaging import logged_events_of
from tests.support.people import PASSWORD, Person
from tests.support.services import LINK_KEY, MASTER_KEY, RunningService

E = TypeVar("E", bound=Event)

COOKIE, DEVICE_COOKIE = "__Secure-helpdesk_refresh", "__Secure-helpdesk_device"


def refresh_cookie(answer: httpx.Response) -> "Morsel[str] | None":
    cookies: SimpleCookie = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        cookies.load(header)
    return cookies.get(COOKIE)


def refresh_token(answer: httpx.Response) -> str:
    cookie = refresh_cookie(answer)
    assert cookie is not None, "no refresh cookie is set"
    return cookie.value


def with_cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={token}"}


def device_cookie(answer: httpx.Response) -> str:
    """The value of the cookie by which auth knows the device again; empty where it is not set."""
    cookies: SimpleCookie = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        cookies.load(header)
    found = cookies.get(DEVICE_COOKIE)
    return found.value if found else ""


def with_device(device: str) -> dict[str, str]:
    return {"Cookie": f"{DEVICE_COOKIE}={device}"} if device else {}


@dataclass
class App:
    """An authenticator app. Each code is unused: the one of the next step if need be, which auth accepts early."""

    key: str
    recovery_codes: list[str] = field(default_factory=list)
    used: int = 0

    def code(self) -> str:
        """Valid for at least 30 s. At most two in that time."""
        self.used = max(self.used + 1, totp.time_step(clock.now()))
        return totp.generate_code(self.key, self.used)

    def wrong_code(self) -> str:
        now = totp.time_step(clock.now())
        valid = {totp.generate_code(self.key, now + offset) for offset in range(-2, 3)}
        return next(code for code in map("{:06}".format, range(6)) if code not in valid)


async def begin(auth: RunningService, person: Person) -> App:
    """Starts TOTP enrolment."""
    return App(ok(await auth.http.post("/api/v1/auth/mfa/totp", headers=person.headers), 201)["secret"])


async def confirm(auth: RunningService, person: Person, code: str) -> httpx.Response:
    return await auth.http.post("/api/v1/auth/mfa/totp/confirm", json={"code": code}, headers=person.headers)


async def set_up(auth: RunningService, person: Person) -> App:
    """Completes TOTP enrolment."""
    app = await begin(auth, person)
    app.recovery_codes = ok(await confirm(auth, person, app.code()))["recovery_codes"]
    return app


async def outdate_proof(auth: RunningService, person: Person) -> None:
    """As if the person had logged in 6 minutes ago."""
    earlier = {"authenticated_at": clock.now() - timedelta(minutes=6)}
    await auth.db["sessions"].update_many({"user_id": person.id}, {"$set": earlier})


async def reserve_address(auth: RunningService, person: Person, email: str) -> None:
    """As if the person had changed it a moment ago."""
    _, cancellation = MailedToken.issue(person.id, timedelta(days=3))
    former = FormerEmail(email=email, email_key=address_key(email), cancellation=cancellation)
    await auth.db["users"].update_one({"_id": person.id}, {"$push": {"former_emails": former.model_dump()}})


async def reauthenticate(auth: RunningService, person: Person, **proof: str) -> None:
    body = {"password": PASSWORD, **proof}
    answer = await auth.http.post("/api/v1/auth/reauthenticate", json=body, headers=person.headers)
    assert answer.status_code == 204, answer.text


async def first_step(auth: RunningService, person: Person, organisation: str = "default") -> str:
    """The MFA token that a correct password gives a person with TOTP."""
    body = {"email": person.email, "password": PASSWORD, "organisation": organisation}
    answer = ok(await auth.http.post("/api/v1/auth/login", json=body))
    assert answer == {"mfa_required": True, "mfa_token": answer["mfa_token"]}
    return str(answer["mfa_token"])


async def second_step(auth: RunningService, token: str, code: str) -> httpx.Response:
    return await auth.http.post("/api/v1/auth/login/mfa", json={"mfa_token": token, "code": code})


async def logged_events(auth: RunningService, event: type[E], organisation_id: UUID, *, count: int = 1) -> list[E]:
    """Events of one type and organisation, oldest first, once the log has `count` of them."""

    async def logged() -> list[E]:
        wanted = EventSelection(type=event.type, organisation_id=organisation_id)
        found = [event.model_validate(each.data) async for each in EventLog(auth.db).read(wanted)]
        assert len(found) >= count, found
        return found

    return await eventually(logged)


async def history(auth: RunningService, aggregate_id: UUID, *, length: int) -> list[Envelope]:
    """The events of an aggregate, once the log has `length` of them."""
    return await logged_events_of(auth.db, aggregate_id, length=length)


async def issued_links(
    auth: RunningService, purpose: str, organisation_id: UUID, *, count: int = 1
) -> list[SecretLink]:
    """The emailed links of one purpose, oldest first, decrypted as mailer does, once `count` of them are issued."""
    decryptor = LinkDecryptor([LINK_KEY.get_secret_value()])

    async def issued() -> list[SecretLink]:
        wanted = EventSelection(type=SecretLinkIssued.type, organisation_id=organisation_id)
        found = []
        async for envelope in EventLog(auth.db).read(wanted):
            event = SecretLinkIssued.model_validate(envelope.data)
            if event.purpose == purpose:
                binding = LinkBinding(organisation_id, envelope.aggregate_id, purpose, event.expires_at)
                found.append(decryptor.decrypt(event.sealed_link, binding))
        assert len(found) >= count, found
        return found

    return await eventually(issued)


async def invalid_tokens(auth: RunningService, person: Person) -> dict[str, str]:
    """Access tokens that claim to be an admin's and fail verification, by what is wrong with them."""
    kid = jwt.get_unverified_header(person.access_token)["kid"]
    key = require_document(await auth.db["signing_keys"].find_one({"kid": kid}))
    signing_key = Fernet(MASTER_KEY.get_secret_value()).decrypt(key["encrypted_private_key"])
    ours = Ed25519PrivateKey.from_private_bytes(signing_key)
    claims = {**jwt.decode(person.access_token, options={"verify_signature": False}), "role": "admin"}
    hour_ago = clock.now() - timedelta(hours=1)
    expired = {**claims, "iat": hour_ago, "exp": hour_ago + timedelta(minutes=15)}
    unsigned = ".".join(map(_base64url, ({"alg": "none", "kid": kid}, claims)))
    return {
        "expired": jwt.encode(expired, ours, ALGORITHM, headers={"kid": kid}),
        "another key": jwt.encode(claims, Ed25519PrivateKey.generate(), ALGORITHM, headers={"kid": kid}),
        "alg none": f"{unsigned}.",
        "HS256 with the public key": jwt.encode(claims, key["public_key"], "HS256", headers={"kid": kid}),
    }


def _base64url(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
