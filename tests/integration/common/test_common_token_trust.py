"""Whose tokens are believed: those signed with a key learnt from auth, of a session that has not ended."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from common import clock
from common import token_trust as trust_module
from common.events import Event, FieldChange
from common.events.auth import (
    OrganisationSuspended,
    Person,
    SessionEnded,
    SessionRevoked,
    SigningKeyPublished,
    UserDeactivated,
    UserUpdated,
)
from common.ids import new_id
from common.mongo import Database
from common.rate_limits import RateLimit
from common.token_scopes import MFA_SETUP
from common.token_trust import TokenTrustStore
from common.token_verifier import TokenIdentity
from tests.integration.common.tiny import tiny
from tests.support.eventually import eventually
from tests.support.messaging import envelope_of, running

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
KID = "first"


def published(key: Ed25519PrivateKey = KEY, kid: str = KID) -> SigningKeyPublished:
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SigningKeyPublished(kid=kid, public_key=base64.urlsafe_b64encode(raw).decode().rstrip("="))


async def learn(trust: TokenTrustStore, key: Ed25519PrivateKey = KEY, kid: str = KID) -> None:
    event = published(key, kid)
    await trust.store_key(event, envelope_of(event))


def token(
    key: Any = KEY, *, session: UUID | None = None, kid: str = KID, algorithm: str = "EdDSA", **changes: Any
) -> str:
    """As auth makes them. A claim that is changed to None is left out."""
    now = clock.now()
    claims = {
        "iss": "helpdesk",
        "aud": "helpdesk-api",
        "sub": str(new_id()),
        "org": str(new_id()),
        "role": "customer",
        "sid": str(session or new_id()),
        "name": "Casey",
        "iat": now,
        "exp": now + timedelta(minutes=15),
        **changes,
    }
    given = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(given, key, algorithm=algorithm, headers={"kid": kid})


@asynccontextmanager
async def replica(db: Database) -> AsyncIterator[tuple[TokenTrustStore, httpx.AsyncClient]]:
    """One that has loaded what it knows."""
    trust = TokenTrustStore(db)
    limit = RateLimit("generous", 100, timedelta(hours=1))
    async with running(trust), tiny(db, identity=TokenIdentity(trust), limit=limit) as http:

        async def loaded() -> None:
            assert "not loaded" not in (await trust.probe() or "")

        await eventually(loaded)
        yield trust, http


async def ask(http: httpx.AsyncClient, given: str) -> httpx.Response:
    return await http.post("/limited", headers={"Authorization": f"Bearer {given}"})


async def test_a_token_signed_with_a_learnt_key_is_believed(db: Database) -> None:
    async with replica(db) as (trust, http):
        assert "no signing key" in (await trust.probe() or "")
        await learn(trust)
        assert (await ask(http, token())).status_code == 200


async def test_a_replica_is_ready_as_soon_as_the_first_key_is_there(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trust_module, "KEYS_SECONDS", 3600)
    async with replica(db) as (trust, _), replica(db) as (learning, _):
        assert await trust.probe() == "no signing key has arrived from auth yet"
        await learn(learning)

        async def is_ready() -> None:
            assert await trust.probe() is None

        await eventually(is_ready)


async def test_a_key_learnt_through_one_replica_is_believed_by_another_at_once(db: Database) -> None:
    async with replica(db) as (one, _), replica(db) as (_, other):
        await learn(one)
        assert (await ask(other, token())).status_code == 200
        second = Ed25519PrivateKey.generate()
        await learn(one, second, "second")
        assert (await ask(other, token(second, kid="second"))).status_code == 200
        assert (await ask(other, token())).status_code == 200


def unsigned() -> str:
    """The first two parts of a token."""
    claims = jwt.decode(token(), options={"verify_signature": False})
    parts = ({"alg": "none", "kid": KID}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)


HMAC_KEY = base64.urlsafe_b64encode(PUBLIC).decode().rstrip("=")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(lambda: token(Ed25519PrivateKey.generate()), id="another key"),
        pytest.param(lambda: token(kid="unknown"), id="unknown kid"),
        pytest.param(lambda: token(kid=""), id="no kid"),
        pytest.param(lambda: f"{unsigned()}.", id="alg none"),
        pytest.param(lambda: token(PUBLIC, algorithm="HS256"), id="HS256 with the public key"),
        pytest.param(lambda: token(HMAC_KEY, algorithm="HS256"), id="HS256 with the public key as text"),
        pytest.param(lambda: token(iss="somebody"), id="wrong issuer"),
        pytest.param(lambda: token(iat=clock.now() + timedelta(hours=1)), id="of tomorrow"),
        pytest.param(lambda: token(sid="session"), id="session that is no id"),
        pytest.param(lambda: token(iat=clock.now() + timedelta(seconds=70)), id="from a clock that is too far ahead"),
        pytest.param(lambda: token(aud="somebody"), id="wrong audience"),
        pytest.param(lambda: token(aud=None), id="no audience"),
        pytest.param(lambda: token(exp=clock.now() + timedelta(days=3 * 365)), id="valid for years"),
        pytest.param(lambda: token(iat=clock.now() - timedelta(hours=1)), id="valid for longer than a token may be"),
        pytest.param(lambda: token(iss=None), id="no issuer"),
        pytest.param(lambda: token(sub=None), id="no person"),
        pytest.param(lambda: token(org=None), id="no organisation"),
        pytest.param(lambda: token(sid=None), id="no session"),
        pytest.param(lambda: token(role=None), id="no role"),
        pytest.param(lambda: token(exp=None), id="no end"),
        pytest.param(lambda: "no.token.atall", id="no token"),
        pytest.param(lambda: "x", id="no dots"),
        pytest.param(lambda: token()[:-6], id="cut short"),
    ],
)
async def test_any_other_token_is_refused(db: Database, given: Callable[[], str]) -> None:
    async with replica(db) as (trust, http):
        await learn(trust)
        answer = await ask(http, given())  # made now: it would have expired at the end of a long run
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_from_a_clock_that_is_ahead_by_less_than_a_minute_is_believed(db: Database) -> None:
    async with replica(db) as (trust, http):
        await learn(trust)
        ahead = clock.now() + timedelta(seconds=50)
        answer = await ask(http, token(iat=ahead, nbf=ahead, exp=ahead + timedelta(minutes=15)))
    assert answer.status_code == 200


async def test_an_expired_token_is_told_to_be_refreshed(db: Database) -> None:
    async with replica(db) as (trust, http):
        await learn(trust)
        answer = await ask(http, token(exp=clock.now() - timedelta(seconds=1)))
    assert (answer.status_code, answer.json()["code"]) == (401, "token_expired")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "event", [SessionEnded(user_id=new_id()), SessionRevoked(user_id=new_id(), reason="refresh_token_reused")]
)
async def test_a_session_ended_through_one_replica_is_refused_by_all_and_after_a_restart(
    db: Database, event: SessionEnded | SessionRevoked
) -> None:
    session = new_id()
    given, another = token(session=session), token()
    async with replica(db) as (one, http_of_one), replica(db) as (_, http_of_other):
        await learn(one)
        assert (await ask(http_of_other, given)).status_code == 200
        await one.revoke_session(event, envelope_of(event, session))
        for http in (http_of_one, http_of_other):

            async def refused(http: httpx.AsyncClient = http) -> None:
                answer = await ask(http, given)
                assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")
                assert answer.headers["WWW-Authenticate"] == "Bearer"

            await eventually(refused)
            assert (await ask(http, another)).status_code == 200
    async with replica(db) as (_, restarted):
        assert (await ask(restarted, given)).status_code == 401
        assert (await ask(restarted, another)).status_code == 200


DEACTIVATED = UserDeactivated(
    person=Person(id=new_id(), email="casey@example.org", name="Casey", role="customer", active=False)
)
DEMOTED = UserUpdated(
    person=Person(id=new_id(), email="casey@example.org", name="Casey", role="customer"),
    changes={"role": FieldChange(before="agent", after="customer")},
)
SUSPENDED = OrganisationSuspended(slug="default")


@pytest.mark.parametrize(
    ("claim", "event"),
    [
        pytest.param("sub", DEACTIVATED, id="somebody deactivated"),
        pytest.param("sub", DEMOTED, id="somebody with another role"),
        pytest.param("org", SUSPENDED, id="a suspended organisation"),
    ],
)
async def test_tokens_from_before_somebody_was_shut_out_are_refused_by_all_replicas_and_after_a_restart(
    db: Database, claim: str, event: Event
) -> None:
    who = new_id()
    envelope = envelope_of(event, who)
    whose: dict[str, Any] = {claim: str(who)}
    before, after = (
        token(iat=(envelope.time + timedelta(milliseconds=shift)).timestamp(), **whose) for shift in (-1, 0)
    )
    async with replica(db) as (one, http_of_one), replica(db) as (_, http_of_other):
        await learn(one)
        assert (await ask(http_of_other, before)).status_code == 200
        await one.subscriptions[type(event)](event, envelope)
        for http in (http_of_one, http_of_other):

            async def refused(http: httpx.AsyncClient = http) -> None:
                answer = await ask(http, before)
                assert (answer.status_code, answer.json()["code"]) == (401, "token_outdated")

            await eventually(refused)
            assert (await ask(http, after)).status_code == 200
            assert (await ask(http, token())).status_code == 200
    async with replica(db) as (_, restarted):
        assert (await ask(restarted, before)).status_code == 401
        assert (await ask(restarted, after)).status_code == 200


async def test_a_change_of_something_else_than_the_role_ends_no_token(db: Database) -> None:
    who = new_id()
    renamed = DEMOTED.model_copy(update={"changes": {"name": FieldChange(before="Cassie", after="Casey")}})
    async with replica(db) as (trust, http):
        await learn(trust)
        given = token(sub=str(who))
        await trust.revoke_former_role(renamed, envelope_of(renamed, who))
        assert (await ask(http, given)).status_code == 200


async def test_a_key_that_is_retired_is_refused_by_all_replicas(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust_module, "KEYS_SECONDS", 0)
    async with replica(db) as (one, _), replica(db) as (_, other):
        await learn(one)
        assert (await ask(other, token())).status_code == 200
        retired = published().model_copy(update={"not_after": clock.now()})
        key_id = (await db["trusted_keys"].find_one({}) or {})["_id"]
        await one.store_key(retired, envelope_of(retired, key_id, sequence=2))

        async def refused() -> None:
            assert (await ask(other, token())).status_code == 401

        await eventually(refused)


async def test_before_it_knows_which_sessions_ended_no_token_is_believed(db: Database) -> None:
    trust = TokenTrustStore(db)
    await learn(trust)
    async with tiny(db, identity=TokenIdentity(trust)) as http:
        answer = await ask(http, token())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")


async def test_a_token_that_may_only_set_up_a_second_factor_is_let_in_nowhere_else(db: Database) -> None:
    async with replica(db) as (trust, http):
        await learn(trust)
        answer = await ask(http, token(scope=MFA_SETUP))
    assert (answer.status_code, answer.json()["code"]) == (403, "mfa_setup_required")
