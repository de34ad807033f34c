"""A page of tickets: one find of the very documents the tickets service lists, dumped as they are."""

import json
from urllib.parse import parse_qs
from uuid import UUID

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from bench.bare.surroundings import Handler, Surroundings, answer, body_of


async def handler(given: Surroundings) -> Handler:
    tickets = given.collection("tickets", "tickets")

    async def listing(scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        await body_of(receive)
        asked = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        # `deleted_at` for the index, which has those that are not.
        whose = {"organisation_id": UUID(asked["organisation"]), "requester.id": UUID(asked["requester"])}
        found = tickets.find({**whose, "deleted_at": None}, {"outbox": 0, "words": 0})
        page = await found.sort("_id", -1).limit(int(asked["limit"])).to_list()
        await answer(send, 200, json.dumps({"items": page}, default=str).encode())

    return listing
