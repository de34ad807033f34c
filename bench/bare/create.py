"""One ticket: one insert, one JetStream publish, both awaited."""

import json
from datetime import UTC, datetime
from uuid import uuid4

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from bench.bare.surroundings import Handler, Surroundings, answer, body_of, growing_id


async def handler(given: Surroundings) -> Handler:
    tickets = given.collection("bench", "tickets")
    jetstream = (await given.nats()).jetstream()
    organisation, requester = uuid4(), {"id": uuid4(), "name": "Casey Lindgren"}

    async def create(_scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        asked = json.loads(await body_of(receive))
        id_, now = growing_id(), datetime.now(UTC)
        ticket = {
            "_id": id_,
            "organisation_id": organisation,
            "number": 1,
            "title": asked["title"],
            "description": asked["description"],
            "requester": requester,
            "assignee": None,
            "status": "new",
            "priority": asked["priority"],
            "category": None,
            "tags": [],
            "created_at": now,
            "updated_at": now,
            "version": 1,
        }
        await tickets.insert_one(ticket)
        body = json.dumps(ticket, default=str).encode()
        subject = f"tickets.bench.created.v1.{organisation}.{id_}"
        await jetstream.publish(subject, body, headers={"Nats-Msg-Id": str(id_)})
        await answer(send, 201, body)

    return create
