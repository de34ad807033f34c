"""What is said: one module per publishing service."""

from common.events.base import STAFF_ROLES, Actor, Envelope, Event, FieldChange, OpenWord, PersonRef, Role
from common.events.registry import EVENTS, UnknownEvent, event_class, parse

__all__ = [
    "EVENTS",
    "STAFF_ROLES",
    "Actor",
    "Envelope",
    "Event",
    "FieldChange",
    "OpenWord",
    "PersonRef",
    "Role",
    "UnknownEvent",
    "event_class",
    "parse",
]
