"""Why something is happening: the request or event now being served.

Set at the two doors through which anything enters a service, an HTTP request and a delivered event, and read where a
fact is recorded. Like the trace it belongs to, it follows the task and is not passed through every signature.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """`id` is a request id or an event id; `ip` and `user_agent` are those of the person, where there is one."""

    id: str
    ip: str | None = None
    user_agent: str | None = None


_current: ContextVar[Cause | None] = ContextVar("cause", default=None)


def current_cause() -> Cause | None:
    """The cause of what is being done in this task; None in commands typed by an operator."""
    return _current.get()


@contextmanager
def because_of(cause: Cause) -> Iterator[None]:
    """Everything recorded inside the block names `cause`."""
    token = _current.set(cause)
    try:
        yield
    finally:
        _current.reset(token)
