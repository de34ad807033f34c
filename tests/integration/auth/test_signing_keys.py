"""The keys behind access tokens: public for everybody, private for nobody, and one for all replicas."""

import asyncio
from datetime import timedelta

import jwt
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from auth.settings import AuthSettings
from auth.signing_key.document import SigningKey
from auth.signing_key.keyring import Keyring
from common.outbox import EventLog, EventSelection
from common.token_verifier import ISSUER
from tests.support.command_line import command
from tests.support.desk import ok
from tests.support.eventually import eventually
from tests.support.people import log_in, make_agent
from tests.support.services import MASTER_KEY, Installation, build, random_key


async def test_the_published_key_verifies_an_access_token(installation: Installation) -> None:
    async with installation.run("auth", rate_limits=False) as auth:
        agent = await make_agent(auth, "Alex Agent")

        answer = await auth.http.get("/api/v1/auth/jwks")

        [key] = jwt.PyJWKSet.from_dict(ok(answer)).keys
        claims = jwt.decode(agent.access_token, key, algorithms=["EdDSA"], issuer=ISSUER)
        assert jwt.get_unverified_header(agent.access_token) == {"alg": "EdDSA", "typ": "JWT", "kid": key.key_id}
        assert (claims["sub"], claims["org"], claims["role"]) == (str(agent.id), str(agent.organisation_id), "agent")
        assert claims["exp"] - claims["iat"] == 900
        assert set(ok(answer)["keys"][0]) == {"kty", "crv", "alg", "use", "kid", "x"}
        assert answer.headers["Cache-Control"] == "public, max-age=300"


async def test_the_private_key_is_nowhere_in_the_database_as_it_is(installation: Installation) -> None:
    async with installation.run("auth") as auth:
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


async def test_with_another_master_key_auth_says_so_in_one_sentence(installation: Installation) -> None:
    async with installation.run("auth"):
        pass
    settings = installation.settings("auth", master_key=random_key())

    for arguments in (["prepare"], ["serve"]):
        refused = await command("auth", settings, *arguments)

        assert refused.status == 1
        last = refused.err.strip().splitlines()[-1]
        assert last == "auth: HELPDESK_MASTER_KEY is not the key that encrypted the signing keys."
        assert "Traceback" not in refused.said


async def test_replicas_that_start_at_once_make_one_key_and_one_organisation(installation: Installation) -> None:
    replicas = [build("auth", installation.settings("auth")) for _ in range(4)]
    try:
        await asyncio.gather(*(replica.prepare() for replica in replicas))
    finally:
        await asyncio.gather(*(replica.client.close() for replica in replicas))

    async with installation.run("auth") as auth:
        assert await auth.db["signing_keys"].count_documents({}) == 1
        assert await auth.db["organisations"].distinct("slug") == ["default"]

        async def logged() -> None:
            said = [event.action async for event in EventLog(auth.db).read(EventSelection())]
            assert sorted(said) == ["organisation.created", "signing_key.published"]

        await eventually(logged)


async def test_a_token_of_one_replica_is_believed_by_the_other_and_after_a_restart(installation: Installation) -> None:
    async with installation.run("auth", rate_limits=False) as one:
        agent = await make_agent(one, "Alex Agent")
    async with installation.run("auth", rate_limits=False) as other:
        ok(await other.http.get("/api/v1/auth/me", headers=agent.headers))
        again = await log_in(other, agent.email)
        kids = {jwt.get_unverified_header(person.access_token)["kid"] for person in (agent, again)}
        assert len(kids) == 1


async def test_a_typed_master_key_is_refused_and_not_repeated(installation: Installation) -> None:
    settings = installation.settings("auth")
    assert isinstance(settings, AuthSettings)
    weak = settings.model_construct(**{**dict(settings), "master_key": "my-secret-master-key"})

    refused = await command("auth", weak, "prepare")

    assert refused.status == 1
    assert "HELPDESK_MASTER_KEY" in refused.err
    assert "my-secret-master-key" not in refused.said
