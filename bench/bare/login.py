"""A log-in: one find of an account that is always the same, one password checked as auth checks them, one insert."""

import asyncio
import json
import secrets

from argon2 import PasswordHasher
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from bench.bare.surroundings import Handler, Surroundings, answer, body_of, growing_id

PASSWORD = "what everybody has here"


async def handler(given: Surroundings) -> Handler:
    accounts, sessions = given.collection("bench", "accounts"), given.collection("bench", "sessions")
    hasher = PasswordHasher()
    account = {"_id": "casey@helpdesk.example", "hash": hasher.hash(PASSWORD)}
    await accounts.replace_one({"_id": account["_id"]}, account, upsert=True)

    async def login(_scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        await body_of(receive)
        found = await accounts.find_one({"_id": account["_id"]}) or {}
        await asyncio.to_thread(hasher.verify, found["hash"], PASSWORD)
        token = secrets.token_urlsafe()
        await sessions.insert_one({"_id": growing_id(), "token": token})
        await answer(send, 200, json.dumps({"access_token": token}).encode())

    return login
