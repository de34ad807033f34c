"""Answers 200 and two bytes to whatever is asked: what the client, NGINX and uvicorn cost by themselves."""

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope

from bench.bare.surroundings import Handler, Surroundings, answer, body_of


async def handler(_given: Surroundings) -> Handler:
    async def nothing(_scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        await body_of(receive)
        await answer(send, 200, b"{}")

    return nothing
