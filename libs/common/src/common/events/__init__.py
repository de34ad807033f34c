"""What is said: one module per publishing service."""

from common.events.base import Actor, Envelope, Event, Role
from common.events.registry import EVENTS, UnknownEvent, event_class, parse

__all__ = ["EVENTS", "Actor", "Envelope", "Event", "Role", "UnknownEvent", "event_class", "parse"]
