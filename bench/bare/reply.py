"""A reply: one insert, one update of a ticket, one JetStream publish, all awaited."""

import json
from datetime import UTC, datetime
from uuid import uuid4

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from bench.bare.surroundings import Handler, Surroundings, answer, body_of, growing_id


async def handler(given: Surroundings) -> Handler:
    tickets, messages = given.collection("bench", "replied"), given.collection("bench", "messages")
    jetstream = (await given.nats()).jetstream()
    ids = [growing_id() for _ in range(1000)]
    await tickets.insert_many([{"_id": id_, "message_count": 0} for id_ in ids])
    author, organisation = {"id": uuid4(), "name": "Casey Lindgren"}, uuid4()

    async def reply(_scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        asked = json.loads(await body_of(receive))
        now, ticket = datetime.now(UTC), ids[growing_id().int % len(ids)]
        message = {"_id": growing_id(), "ticket_id": ticket, "author": author, "body": asked["body"], "at": now}
        await messages.insert_one(message)
        await tickets.update_one({"_id": ticket}, {"$inc": {"message_count": 1}, "$set": {"updated_at": now}})
        body = json.dumps(message, default=str).encode()
        subject = f"tickets.bench.replied.v1.{organisation}.{ticket}"
        await jetstream.publish(subject, body, headers={"Nats-Msg-Id": str(message["_id"])})
        await answer(send, 201, body)

    return reply
