"""Commits (one insert), answers, and says so on JetStream. bench/bare/postman.py hears it."""

import json

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from bench.bare.surroundings import Surroundings, answer, body_of, growing_id, run, serve


async def program(given: Surroundings) -> None:
    resolved = given.collection("bench", "resolved")
    jetstream = (await given.nats()).jetstream()

    async def resolve(_scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        asked = json.loads(await body_of(receive))
        id_ = growing_id()
        await resolved.insert_one({"_id": id_, "status": "resolved", **asked})
        body = json.dumps(asked).encode()
        # As in Helpdesk, the caller waits for the commit and not for the stream.
        await answer(send, 200, body)
        await jetstream.publish(f"tickets.bench.resolved.v1.all.{id_}", body, headers={"Nats-Msg-Id": str(id_)})

    await serve(resolve, given.port)


if __name__ == "__main__":
    run(program)
