"""Nothing that lets somebody in leaves auth's own documents."""

import json

from tests.support.cookies import refresh_token, with_cookie
from tests.support.desk import ok
from tests.support.eventually import eventually
from tests.support.messaging import messages_in
from tests.support.people import PASSWORD
from tests.support.services import Installation


async def test_neither_the_event_log_nor_the_stream_holds_a_password_hash_or_token(installation: Installation) -> None:
    async with installation.run("auth") as auth:
        body = {"email": "casey@example.org", "password": PASSWORD}
        signed_up = await auth.http.post("/api/v1/auth/signup", json=body, headers={"Idempotency-Key": "k"})
        logged_in = await auth.http.post("/api/v1/auth/login", json=body)
        refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(logged_in)))
        await auth.http.post("/api/v1/auth/refresh", headers=with_cookie("x" + refresh_token(logged_in)))
        bearer = {"Authorization": f"Bearer {ok(refreshed)['access_token']}"}
        await auth.http.post("/api/v1/auth/logout", headers=bearer)
        secrets = {PASSWORD, "$argon2", "password_hash"}
        for answer in (signed_up, logged_in, refreshed):
            access = answer.json()["access_token"]
            secrets |= {access, access.rpartition(".")[2], refresh_token(answer), refresh_token(answer)[37:]}
        for session in await auth.db["sessions"].find().to_list():
            secrets |= {session["refresh_hash"], session["previous_hash"] or session["refresh_hash"]}
        [key] = await auth.db["signing_keys"].find().to_list()
        secrets.add(key["encrypted_private_key"].decode())

        async def all_published() -> list[str]:
            log = await auth.db["events"].find().to_list()
            async with installation.connected("provisioner") as broker:
                stream = await messages_in(broker, "AUTH")
            assert len(log) == len(stream) == 6, [event["type"] for event in log]
            return [json.dumps(event, default=str) for event in log] + [
                json.dumps([str(message.headers), (message.data or b"").decode()]) for message in stream
            ]

        said = await eventually(all_published)
        kept = [str(found) for found in await auth.db["idempotency_keys"].find().to_list()]
        for text in [*said, *kept]:
            for secret in secrets:
                assert secret not in text
