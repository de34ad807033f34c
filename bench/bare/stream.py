"""A live stream: what bench/bare/resolve.py says, to everybody who listens, as server-sent events."""

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from bench.bare.resolve import STREAM, SUBJECTS
from bench.bare.surroundings import Handler, Surroundings, fetched


async def handler(given: Surroundings) -> Handler:
    jetstream = (await given.nats("provisioner")).jetstream()

    async def stream(_scope: HTTPScope, _receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        config = ConsumerConfig(
            filter_subject=SUBJECTS, ack_policy=AckPolicy.NONE, deliver_policy=DeliverPolicy.NEW, inactive_threshold=60
        )
        consumer = await jetstream.add_consumer(STREAM, config)
        subscription = await jetstream.pull_subscribe_bind(consumer.name, STREAM)
        headers = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": False})
        await send({"type": "http.response.body", "body": b": here\n\n", "more_body": True})
        async for message in fetched(subscription):
            await send({"type": "http.response.body", "body": b"data: " + message.data + b"\n\n", "more_body": True})

    return stream
