"""Every event there is. A module of events that is not imported here does not exist."""

from collections.abc import Iterator

from common.errors import HelpdeskError
from common.events import auth, mailer, notifications, tickets
from common.events.base import Envelope, Event

_MODULES = (auth, tickets, notifications, mailer)


class UnknownEvent(HelpdeskError):
    """An event of a type or version that this code does not know."""

    code = "unknown_event"


def _declared() -> Iterator[type[Event]]:
    for module in _MODULES:
        for member in vars(module).values():
            if isinstance(member, type) and issubclass(member, Event) and member.__module__ == module.__name__:
                yield member


EVENTS: dict[str, type[Event]] = {event.versioned_type(): event for event in _declared()}


def event_class(versioned_type: str) -> type[Event]:
    """The class of e.g. `tickets.ticket.created.v1`. Raises UnknownEvent."""
    try:
        return EVENTS[versioned_type]
    except KeyError:
        raise UnknownEvent(f"no event class for {versioned_type}: is this service older than its publisher?") from None


def parse(envelope: Envelope) -> Event:
    """The event inside. Raises UnknownEvent, or pydantic.ValidationError where the data is not what the class says."""
    return event_class(envelope.versioned_type).model_validate(envelope.data)
