"""From an event's type to the one handler a service has for it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import ValidationError

from common.events import Envelope, Event, UnknownEvent, parse
from common.messaging.topology import HEARS
from common.messaging.verdicts import Reject, Verdict

Handler = Callable[[Any, Envelope], Awaitable[Verdict]]
Subscriptions = Mapping[type[Event], Handler]


class Router:
    """A service's subscriptions, which must be just what topology.py says the service hears."""

    def __init__(self, service: str, subscriptions: Subscriptions) -> None:
        if difference := set(subscriptions) ^ set(HEARS[service]):
            names = ", ".join(sorted(event.versioned_type() for event in difference))
            raise ValueError(f"{service}/subscriptions.py and topology.HEARS disagree about: {names}")
        self.service = service
        self._handlers = {event.versioned_type(): handler for event, handler in subscriptions.items()}

    def handler_name(self, envelope: Envelope) -> str:
        """For logs and dead letters: `module.function`."""
        handler = self._handlers.get(envelope.versioned_type)
        return f"{handler.__module__}.{getattr(handler, '__qualname__', handler)}" if handler else "none"

    async def route(self, envelope: Envelope) -> Verdict:
        """The handler's verdict. What nobody handles, or what is not what it says it is, is rejected."""
        handler = self._handlers.get(envelope.versioned_type)
        if handler is None:
            return Reject(f"{self.service} has no handler for {envelope.versioned_type}")
        try:
            event = parse(envelope)
        except (ValidationError, UnknownEvent) as error:
            return Reject(f"the data is not a valid {envelope.versioned_type}: {error}")
        return await handler(event, envelope)
