"""Commits (one insert), answers, and says so on JetStream. bench/bare/postman.py and bench/bare/stream.py hear it."""

import json

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from bench.bare.surroundings import Handler, Surroundings, answer, body_of, growing_id

STREAM, SUBJECTS = "TICKETS", "tickets.bench.resolved.>"


async def handler(given: Surroundings) -> Handler:
    resolved = given.collection("bench", "resolved")
    jetstream = (await given.nats()).jetstream()

    async def resolve(_scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        asked = json.loads(await body_of(receive))
        id_ = growing_id()
        await resolved.insert_one({"_id": id_, "status": "resolved", **asked})
        body = json.dumps(asked).encode()
        # As in Helpdesk, the caller waits for the commit and not for the stream.
        await answer(send, 200, body)
        await jetstream.publish(f"tickets.bench.resolved.v1.all.{id_}", body, headers={"Nats-Msg-Id": str(id_)})

    return resolve
