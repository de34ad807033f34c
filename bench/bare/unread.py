"""How much somebody has not read: one count over the very notifications that notifications counts."""

import json
from urllib.parse import parse_qs
from uuid import UUID

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from bench.bare.surroundings import Handler, Surroundings, answer, body_of


async def handler(given: Surroundings) -> Handler:
    notifications = given.collection("notifications", "notifications")

    async def unread(scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        await body_of(receive)
        asked = {name: UUID(values[0]) for name, values in parse_qs(scope["query_string"].decode()).items()}
        query = {"organisation_id": asked["organisation"], "recipient_id": asked["recipient"], "unread": True}
        count = await notifications.count_documents(query, hint="unread")
        await answer(send, 200, json.dumps({"unread": count}).encode())

    return unread
