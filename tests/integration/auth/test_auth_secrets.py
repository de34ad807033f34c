"""Nothing that lets somebody in leaves auth's own documents, and there it is not kept as it is."""

import dataclasses
import json
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from common.events.auth import EmailVerificationRequested, InvitationCreated, PasswordResetRequested
from tests.support.credentials import (
    first_step,
    link_token,
    logged_events,
    refresh_token,
    second_step,
    set_up,
    with_cookie,
)
from tests.support.desk import ok
from tests.support.eventually import eventually
from tests.support.messaging import messages_in
from tests.support.people import PASSWORD, Person, make_admin
from tests.support.services import Installation, RunningService
from tests.support.subprocesses import replica

NEW_PASSWORDS = ["an entirely new password", "one more new password", "the password of Nina"]


async def live(auth: RunningService) -> set[str]:
    """Everything that people do with secrets; returns the secrets."""
    http = auth.http
    body = {"email": "casey@example.org", "password": PASSWORD}
    signed_up = await http.post("/api/v1/auth/signup", json=body, headers={"Idempotency-Key": "k"})
    casey = Person.of(ok(signed_up, 201))
    [letter] = await logged_events(auth, EmailVerificationRequested, casey.organisation_id)
    assert (await http.post("/api/v1/auth/verify-email", json={"token": link_token(letter)})).status_code == 204
    tokens = {link_token(letter)}
    app = await set_up(auth, casey)
    tokens.add(await first_step(auth, casey))
    logged_in = await second_step(auth, await first_step(auth, casey), code := app.code())
    recovered = await second_step(auth, await first_step(auth, casey), app.recovery_codes[0])
    refreshed = await http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(logged_in)))
    await http.post("/api/v1/auth/refresh", headers=with_cookie("x" + refresh_token(logged_in)))
    bearer = {"Authorization": f"Bearer {ok(refreshed)['access_token']}"}
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORDS[0]}
    assert (await http.post("/api/v1/auth/change-password", json=change, headers=bearer)).status_code == 204
    await http.post("/api/v1/auth/logout", headers=bearer)
    await http.post("/api/v1/auth/forgot-password", json={"email": casey.email})
    [reset] = await logged_events(auth, PasswordResetRequested, casey.organisation_id)
    setting = {"token": link_token(reset), "password": NEW_PASSWORDS[1]}
    assert (await http.post("/api/v1/auth/reset-password", json=setting)).status_code == 204
    ada = await make_admin(auth, "Ada Admin")
    invitation = {"email": "nina@example.org", "name": "Nina"}
    headers = {**ada.headers, "Idempotency-Key": "i"}
    ok(await http.post("/api/v1/users/invitations", json=invitation, headers=headers), 201)
    [invited] = await logged_events(auth, InvitationCreated, casey.organisation_id)
    joining = {"token": link_token(invited), "password": NEW_PASSWORDS[2]}
    joined = await http.post("/api/v1/auth/accept-invitation", json=joining)
    tokens |= {link_token(reset), link_token(invited)}
    for answer in (signed_up, logged_in, recovered, refreshed, joined):
        access = ok(answer, answer.status_code)["access_token"]
        tokens |= {access, access.rpartition(".")[2], refresh_token(answer)}
    secrets = {PASSWORD, *NEW_PASSWORDS, app.key, *app.recovery_codes, *tokens}
    # Six digits alone may be part of any number.
    secrets |= {f'"{code}"', f"={code}", f" {code}"}
    return secrets | {token.rpartition(".")[2] for token in tokens}


async def stored_hashes(auth: RunningService) -> set[str]:
    """What is kept to know the secrets again; it must not leave either."""
    kept = {"$argon2", "password_hash"}
    for session in await auth.db["sessions"].find().to_list():
        kept |= {session["refresh_hash"], session["previous_hash"] or session["refresh_hash"]}
    for user in await auth.db["users"].find({"second_factor": {"$ne": None}}).to_list():
        kept |= {user["second_factor"]["encrypted_key"].decode(), *user["second_factor"]["recovery_code_hashes"]}
    [key] = await auth.db["signing_keys"].find().to_list()
    kept.add(key["encrypted_private_key"].decode())
    return kept


async def test_no_secret_is_in_a_log_a_stream_or_any_database_as_it_is(
    installation: Installation, tmp_path: Path
) -> None:
    log_file = tmp_path / "auth.log"
    async with AsyncExitStack() as stack:
        worker = await stack.enter_async_context(installation.run("auth", role="worker"))
        settings: dict[str, Any] = {"rate_limits": False, "log_level": "debug"}
        api = await stack.enter_async_context(replica(installation, "auth", "api", log=log_file, **settings))
        auth = dataclasses.replace(worker, http=api)
        secrets = await live(auth)
        hashes = await stored_hashes(auth)

        async def all_published() -> list[str]:
            log = await auth.db["events"].find().to_list()
            async with installation.connected("provisioner") as broker:
                stream = await messages_in(broker, "AUTH")
            assert len(log) == len(stream) >= 20, [event["type"] for event in log]
            assert await auth.db["users"].find_one({"outbox.0": {"$exists": True}}) is None
            return [json.dumps(event, default=str) for event in log] + [
                json.dumps([str(message.headers), (message.data or b"").decode()]) for message in stream
            ]

        said_to_others = await eventually(all_published)
        metrics = (await auth.http.get("/metrics")).text
        written = log_file.read_text()
        assert '"path":"/api/v1/auth/reset-password"' in written
        kept = [str(each) for each in await auth.db["idempotency_keys"].find().to_list()]
        for text in [*said_to_others, *kept, metrics, written]:
            for secret in secrets | hashes:
                assert secret not in text
        for name in await auth.db.list_collection_names():
            for document in await auth.db[name].find().to_list():
                for secret in secrets:
                    assert secret not in str(document), name
