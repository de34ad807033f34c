"""What caused the current work: the HTTP request or the event being handled.

Set at the two entry points of a service, an HTTP request and a delivered event, and read where an event is recorded.
It follows the task, like a trace, and is not passed through signatures.

The causation id of an event names the step before it. The correlation id of all steps, from the request to the mail, is
the trace id in `traceparent`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Causation:
    """`id` is a request id or an event id; `ip` and `user_agent` are those of the person, where there is one."""

    id: str
    ip: str | None = None
    user_agent: str | None = None


_current: ContextVar[Causation | None] = ContextVar("causation", default=None)


def current_causation() -> Causation | None:
    """None in commands of an operator."""
    return _current.get()


@contextmanager
def causation_scope(causation: Causation) -> Iterator[None]:
    """Events recorded inside the block carry this causation."""
    token = _current.set(causation)
    try:
        yield
    finally:
        _current.reset(token)
