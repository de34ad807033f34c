"""Whether the caller of the current HTTP request still waits for the response.

A server runs a request to its end when its caller is gone: a cancelled database operation is worse than a wasted one
(docs/decisions/0010). Work that is expensive asks here before it starts.
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_is_disconnected: ContextVar[Callable[[], Awaitable[bool]] | None] = ContextVar("is_disconnected", default=None)


async def is_caller_gone() -> bool:
    """Only once the body of the request is read. False in commands of an operator and for events."""
    is_disconnected = _is_disconnected.get()
    return is_disconnected is not None and await is_disconnected()


@contextmanager
def caller_scope(is_disconnected: Callable[[], Awaitable[bool]]) -> Iterator[None]:
    """`is_caller_gone` asks this function inside the block."""
    token = _is_disconnected.set(is_disconnected)
    try:
        yield
    finally:
        _is_disconnected.reset(token)
