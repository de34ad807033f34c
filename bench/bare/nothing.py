"""Answers 200 and two bytes to whatever is asked: what the client, NGINX and uvicorn cost by themselves."""

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from bench.bare.surroundings import Surroundings, answer, body_of, run, serve


async def nothing(_scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
    await body_of(receive)
    await answer(send, 200, b"{}")


async def program(given: Surroundings) -> None:
    await serve(nothing, given.port)


if __name__ == "__main__":
    run(program)
