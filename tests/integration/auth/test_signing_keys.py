"""The public halves of the signing keys are published, and the private halves are stored encrypted."""

from datetime import timedelta

import jwt
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from auth.settings import AuthSettings
from auth.signing_key.document import SigningKey
from auth.signing_key.keyring import Keyring
from common.token_verifier import AUDIENCE, ISSUER
from tests.support.desk import ok
from tests.support.people import make_agent
from tests.support.services import MASTER_KEY, Installation, RunningService, random_key
from tests.support.subprocesses import command

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_published_key_verifies_an_access_token(auth: RunningService, organisation: str) -> None:
    agent = await make_agent(auth, "Alex Agent", organisation)

    answer = await auth.http.get("/api/v1/auth/jwks")

    [key] = jwt.PyJWKSet.from_dict(ok(answer)).keys
    claims = jwt.decode(agent.access_token, key, algorithms=["EdDSA"], issuer=ISSUER, audience=AUDIENCE)
    assert jwt.get_unverified_header(agent.access_token) == {"alg": "EdDSA", "typ": "JWT", "kid": key.key_id}
    assert (claims["sub"], claims["org"], claims["role"]) == (str(agent.id), str(agent.organisation_id), "agent")
    assert claims["exp"] - claims["iat"] == 900
    assert set(ok(answer)["keys"][0]) == {"kty", "crv", "alg", "use", "kid", "x"}
    assert answer.headers["Cache-Control"] == "public, max-age=300"


async def test_the_private_key_is_stored_encrypted(auth: RunningService) -> None:
    [stored] = await SigningKey.find({}).to_list()
    keyring = Keyring(Fernet(MASTER_KEY.get_secret_value()), lead=timedelta(minutes=10))
    await keyring.load()
    kid, private = keyring.signing
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())

    assert kid == stored.kid
    assert raw not in (stored.encrypted_private_key or b"")
    for name in await auth.db.list_collection_names():
        async for document in auth.db[name].find():
            assert raw not in str(document).encode()
            assert raw.hex() not in str(document)


@pytest.mark.parametrize("arguments", ["prepare", "serve"])
async def test_another_master_key_is_refused_with_one_sentence(
    auth: RunningService, shared_installation: Installation, arguments: str
) -> None:
    settings = shared_installation.settings("auth", master_key=random_key())

    refused = await command("auth", settings, arguments)

    assert refused.status == 1
    last = refused.err.strip().splitlines()[-1]
    assert last == "auth: HELPDESK_MASTER_KEY is not the key that encrypted the signing keys."
    assert "Traceback" not in refused.said


async def test_a_weak_master_key_is_refused_and_not_repeated(shared_installation: Installation) -> None:
    settings = shared_installation.settings("auth")
    assert isinstance(settings, AuthSettings)
    weak = settings.model_construct(**{**dict(settings), "master_key": "my-secret-master-key"})

    refused = await command("auth", weak, "prepare")

    assert refused.status == 1
    assert "HELPDESK_MASTER_KEY" in refused.err
    assert "my-secret-master-key" not in refused.said
