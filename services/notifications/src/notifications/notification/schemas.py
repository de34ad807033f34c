"""What crosses the wire about notifications."""

from uuid import UUID

from pydantic import BaseModel

from common.events.notifications import Kind
from common.http.schemas import Time, View


class Person(BaseModel):
    """Somebody, as others see them."""

    id: UUID
    name: str


class NotificationView(View):
    """A notification. `actor` is null where the system did it. `position` counts what is in the inbox, oldest first:
    who has read up to one goes on from there (`Last-Event-ID` of the stream)."""

    id: UUID
    kind: Kind
    ticket_id: UUID | None
    ticket_number: int | None
    title: str
    actor: Person | None
    created_at: Time
    read_at: Time | None
    position: int


class UnreadCount(BaseModel):
    """How many notifications the caller has not seen."""

    count: int
