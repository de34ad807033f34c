"""What an event is, and the envelope in which it is kept and carried.

An event is a past-tense value: a frozen class whose name and version never change their meaning. Within a version only
optional fields may be added; anything else is a new class, `version=2`, published beside the old one until nobody
reads it any more (docs/decisions/0003).
"""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from common.ids import scoped_id
from common.text import ShortText
from common.times import UtcTime

Role = Literal["customer", "agent", "admin", "operator"]
STAFF_ROLES: frozenset[Role] = frozenset({"agent", "admin"})
"""Roles that see all tickets of their organisation."""

OPEN_VOCABULARY = "x-open-vocabulary"
OpenWord = Annotated[
    str, Field(max_length=80), WithJsonSchema({"type": "string", "maxLength": 80, OPEN_VOCABULARY: True})
]
"""A word of a vocabulary that grows. Readers and stored documents accept words that this version does not know; a
word is checked against the known ones only where it is created or requested."""


class Value(BaseModel):
    """A frozen part of an event. Unknown fields are ignored: a newer publisher may say more than we read."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)


class Event(Value):
    """Base of all events: `class TicketCreated(Event, type="tickets.ticket.created", version=1)`.

    `type` is `<service>.<topic>.<fact>`: the service that may publish it, what it is about, what happened. `aggregate`
    names the document that records it, whose id ends the subject, where that is not the topic: a ticket records that a
    message was posted. `audited=False` keeps it out of the audit trail: it follows from an event that is audited,
    belongs to no organisation, or concerns its reader alone. `receiver` is the only service that may subscribe to it.
    """

    type: ClassVar[str]
    version: ClassVar[int]
    aggregate: ClassVar[str]
    audited: ClassVar[bool]
    receiver: ClassVar[str | None]

    def __init_subclass__(
        cls,
        *,
        type: str,  # noqa: A002
        version: int = 1,
        aggregate: str | None = None,
        audited: bool = True,
        receiver: str | None = None,
    ) -> None:
        super().__init_subclass__()
        cls.type = type
        cls.version = version
        cls.aggregate = aggregate or type.split(".")[1].replace("_", " ")
        cls.audited = audited
        cls.receiver = receiver

    @classmethod
    def service(cls) -> str:
        """The service that publishes it."""
        return cls.type.split(".")[0]

    @classmethod
    def versioned_type(cls) -> str:
        """The name on the wire, e.g. `tickets.ticket.created.v1`."""
        return f"{cls.type}.v{cls.version}"


class FieldChange(Value):
    """What became of one field, in JSON values: for the audit trail."""

    before: Any
    after: Any


FieldChanges = Annotated[Mapping[str, FieldChange], Field(max_length=500)]
"""The changed fields by their names."""


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, FieldChange]:
    """The fields of `after` that differ from `before`, where a missing one is None."""
    return {
        name: FieldChange(before=before.get(name), after=value)
        for name, value in after.items()
        if before.get(name) != value
    }


class PersonRef(Value):
    """A person as others see them."""

    id: UUID
    name: ShortText


class DeadLetterRef(Value):
    """A message that a service could not handle. Its body is left out: it may hold what people wrote."""

    service: ShortText
    """The one that could not handle it."""
    sequence: int
    """Its number among the dead letters of that service."""
    event_type: ShortText
    """With the version; `unknown` where the message does not say."""
    event_id: ShortText | None = None


class Actor(Value):
    """Who did it. Absent from an envelope when the system did."""

    id: UUID
    name: ShortText
    role: Role


class Envelope(Value):
    """One fact, with everything that is true of every fact.

    `sequence` counts the events of one aggregate from 1 without gaps, and `time` strictly grows with it; so `id`, a
    UUIDv7 of `time`, sorts one aggregate's events in the order they happened, whichever replica recorded them.
    `causation_id` is the id of the request or event that led to it; `ip` and `user_agent` are the person's;
    `traceparent` is W3C Trace Context.
    """

    id: UUID
    type: ShortText
    version: int
    time: UtcTime
    organisation_id: UUID
    aggregate_id: UUID
    sequence: int
    actor: Actor | None = None
    causation_id: ShortText | None = None
    ip: ShortText | None = None
    user_agent: ShortText | None = None
    traceparent: ShortText | None = None
    data: dict[str, Any]

    @property
    def service(self) -> str:
        """The service that publishes it."""
        return self.type.split(".")[0]

    @property
    def deduplication_id(self) -> UUID:
        """What the effects of the event are identified by, so that none is made twice. Unlike `id`, which any service
        can give to an event of its own, it differs from that of every other service's event."""
        return scoped_id(self.id, self.service)

    @property
    def action(self) -> str:
        """The event's name without its service, as the audit trail says it: `ticket.created`."""
        return self.type.partition(".")[2]

    @property
    def versioned_type(self) -> str:
        """The name on the wire, e.g. `tickets.ticket.created.v1`."""
        return f"{self.type}.v{self.version}"

    @property
    def subject(self) -> str:
        """Where it is published: `<service>.<aggregate>.<fact>.v<N>.<organisation id>.<aggregate id>`."""
        return f"{self.versioned_type}.{self.organisation_id}.{self.aggregate_id}"

    def stamped(self, traceparent: str | None) -> Self:
        """The same fact, carried by another span."""
        return self.model_copy(update={"traceparent": traceparent})
