"""What is said: one module per publishing service."""

from common.events.base import (
    STAFF_ROLES,
    Actor,
    DeadLetterRef,
    Envelope,
    Event,
    FieldChange,
    OpenWord,
    PersonRef,
    Role,
    changed_fields,
)
from common.events.registry import EVENTS, UnknownEvent, aggregate_key, event_class, parse
