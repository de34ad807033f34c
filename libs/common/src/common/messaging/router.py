"""From an event's type to the handlers that a service has for it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from pydantic import ValidationError

from common.error_descriptions import describe
from common.errors import Unavailable
from common.events import Envelope, Event, UnknownEvent, parse
from common.messaging.results import ACK, Ack, HandlerResult, Reject, Retry
from common.messaging.topology import SUBSCRIPTIONS
from common.mongo import cancellation_requested, is_outage

log = structlog.get_logger("router")

Handler = Callable[[Any, Envelope], Awaitable[HandlerResult]]
Handlers = Mapping[type[Event], Handler]
Subscriptions = Mapping[type[Event], tuple[Handler, ...]]


def merge_subscriptions(*parts: Handlers) -> Subscriptions:
    """All parts in one. The handlers of an event run in the order of the parts, until one does not return ACK."""
    merged: dict[type[Event], tuple[Handler, ...]] = {}
    for part in parts:
        for event, handler in part.items():
            merged[event] = (*merged.get(event, ()), handler)
    return merged


class Router:
    """A service's subscriptions, which must be exactly those of the table of services."""

    def __init__(self, service: str, subscriptions: Subscriptions) -> None:
        if difference := set(subscriptions) ^ set(SUBSCRIPTIONS[service]):
            names = ", ".join(sorted(event.versioned_type() for event in difference))
            raise ValueError(
                f"{service}/subscriptions.py and the table of services (common/services.py) disagree about: {names}"
            )
        self.service = service
        self._handlers = {event.versioned_type(): handlers for event, handlers in subscriptions.items()}

    async def route(self, envelope: Envelope) -> HandlerResult:
        """ACK once every handler returned it, else the first other result. An event that has no handler, or whose data
        does not match its type, is rejected. Raises Unavailable when a handler cannot reach its database."""
        handlers = self._handlers.get(envelope.versioned_type)
        if handlers is None:
            return Reject(f"{self.service} has no handler for {envelope.versioned_type}")
        try:
            event = parse(envelope)
        except (ValidationError, UnknownEvent) as error:
            return Reject(f"the data is not a valid {envelope.versioned_type}: {describe(error)}", _name(handlers[0]))
        for handler in handlers:
            result = await _run(handler, event, envelope)
            if not isinstance(result, Ack):
                return replace(result, handler=_name(handler))
        return ACK


async def _run(handler: Handler, event: Event, envelope: Envelope) -> HandlerResult:
    try:
        return await handler(event, envelope)
    except (Exception, asyncio.CancelledError) as error:
        # A cancellation of something that the handler waits for is a failure; left to pass, it would end the queue.
        if isinstance(error, asyncio.CancelledError) and cancellation_requested():
            raise
        if isinstance(error, Unavailable) or is_outage(error):
            raise Unavailable(f"{_name(handler)}: {error}") from error
        log.exception("handler failed", handler=_name(handler))
        return Retry(f"{type(error).__name__}: {describe(error)}")


def _name(handler: Handler) -> str:
    return f"{handler.__module__}.{getattr(handler, '__qualname__', handler)}"
