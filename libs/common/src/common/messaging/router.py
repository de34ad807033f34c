"""From an event's type to the one handler a service has for it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from pydantic import ValidationError

from common.events import Envelope, Event, UnknownEvent, parse
from common.messaging.results import ACK, Ack, HandlerResult, Reject
from common.messaging.topology import SUBSCRIPTIONS

Handler = Callable[[Any, Envelope], Awaitable[HandlerResult]]
Subscriptions = Mapping[type[Event], Handler]


def merge_subscriptions(*parts: Subscriptions) -> Subscriptions:
    """All of them in one. An event that several parts hear is handled by each in turn, until one does not say Done."""
    handlers: dict[type[Event], list[Handler]] = {}
    for part in parts:
        for event, handler in part.items():
            handlers.setdefault(event, []).append(handler)
    return {event: each[0] if len(each) == 1 else _in_turn(each) for event, each in handlers.items()}


def _in_turn(handlers: Sequence[Handler]) -> Handler:
    @wraps(handlers[-1])
    async def handle(event: Event, envelope: Envelope) -> HandlerResult:
        for handler in handlers:
            verdict = await handler(event, envelope)
            if not isinstance(verdict, Ack):
                return verdict
        return ACK

    return handle


class Router:
    """A service's subscriptions, which must be exactly those of the table of services."""

    def __init__(self, service: str, subscriptions: Subscriptions) -> None:
        if difference := set(subscriptions) ^ set(SUBSCRIPTIONS[service]):
            names = ", ".join(sorted(event.versioned_type() for event in difference))
            raise ValueError(
                f"{service}/subscriptions.py and the table of services (common/services.py) disagree about: {names}"
            )
        self.service = service
        self._handlers = {event.versioned_type(): handler for event, handler in subscriptions.items()}

    def handler_name(self, envelope: Envelope) -> str:
        """For logs and dead letters: `module.function`."""
        handler = self._handlers.get(envelope.versioned_type)
        return f"{handler.__module__}.{getattr(handler, '__qualname__', handler)}" if handler else "none"

    async def route(self, envelope: Envelope) -> HandlerResult:
        """The handler's verdict. What nobody handles, or what is not what it says it is, is rejected."""
        handler = self._handlers.get(envelope.versioned_type)
        if handler is None:
            return Reject(f"{self.service} has no handler for {envelope.versioned_type}")
        try:
            event = parse(envelope)
        except (ValidationError, UnknownEvent) as error:
            return Reject(f"the data is not a valid {envelope.versioned_type}: {error}")
        return await handler(event, envelope)
