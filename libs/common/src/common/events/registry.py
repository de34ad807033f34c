"""Every event class, by its name on the wire. Each module of this package is imported."""

import pkgutil
from importlib import import_module
from pathlib import Path

from common.errors import HelpdeskError
from common.events.base import Envelope, Event


class UnknownEvent(HelpdeskError):
    """An event of a type or version that this code does not know."""

    code = "unknown_event"


for _module in pkgutil.iter_modules([str(Path(__file__).parent)], "common.events."):
    import_module(_module.name)

EVENTS: dict[str, type[Event]] = {event.versioned_type(): event for event in Event.__subclasses__()}


def event_class(versioned_type: str) -> type[Event]:
    """The class of e.g. `tickets.ticket.created.v1`. Raises UnknownEvent."""
    try:
        return EVENTS[versioned_type]
    except KeyError:
        raise UnknownEvent(f"no event class for {versioned_type}: is this service older than its publisher?") from None


def aggregate_key(envelope: Envelope) -> str:
    """Names the aggregate whose `sequence` counts the event, e.g. `auth.user.<id>`. Aggregates of another kind or of
    another service may have the same id. An event that aggregates of several kinds
    record (`auth.secret_link.issued`) has a key of its own: it is not ordered with their other events."""
    known = EVENTS.get(envelope.versioned_type)
    kind = known.aggregate if known else envelope.action.partition(".")[0]
    return f"{envelope.service}.{kind.replace(' ', '_')}.{envelope.aggregate_id}"


def parse(envelope: Envelope) -> Event:
    """The event inside. Raises UnknownEvent, or pydantic.ValidationError where the data is not what the class says."""
    return event_class(envelope.versioned_type).model_validate(envelope.data)
