"""All that the bare programs answer, in one process: a path, a few lines behind it."""

from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

from bench.bare import create, listing, login, nothing, reply, resolve, stream, unread
from bench.bare.surroundings import Surroundings, run, serve


async def program(given: Surroundings) -> None:
    handlers = {
        module.__name__.rpartition(".")[2]: await module.handler(given)
        for module in (create, listing, login, nothing, reply, resolve, stream, unread)
    }

    async def answer(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http":
            await handlers[scope["path"].rpartition("/")[2]](scope, receive, send)

    await serve(answer, given.port)


if __name__ == "__main__":
    run(program)
