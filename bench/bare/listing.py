"""A page of tickets: one find of the very documents the tickets service lists, dumped as they are."""

import json
from urllib.parse import parse_qs
from uuid import UUID

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from bench.bare.surroundings import Surroundings, answer, body_of, run, serve

PAGE = 20


async def program(given: Surroundings) -> None:
    tickets = given.collection("tickets", "tickets")

    async def listing(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            return
        await body_of(receive)
        asked = parse_qs(scope["query_string"].decode())
        whose = {"organisation_id": UUID(asked["organisation"][0]), "requester.id": UUID(asked["requester"][0])}
        page = await tickets.find(whose, {"outbox": 0}).sort("_id", -1).limit(PAGE).to_list()
        await answer(send, 200, json.dumps({"items": page}, default=str).encode())

    await serve(listing, given.port)


if __name__ == "__main__":
    run(program)
