"""What crosses the wire about notifications."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel

from common.events.notifications import Kind
from common.http.schemas import Time
from notifications.notification.document import Notification


class Person(BaseModel):
    """Somebody, as others see them."""

    id: UUID
    name: str


class NotificationView(BaseModel):
    """A notification. `actor` is null where the system did it."""

    id: UUID
    kind: Kind
    ticket_id: UUID | None
    ticket_number: int | None
    title: str
    actor: Person | None
    created_at: Time
    read_at: Time | None

    @classmethod
    def of(cls, notification: Notification) -> Self:
        return cls.model_validate(notification.model_dump(include=set(cls.model_fields)))
