"""Views of notifications."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from common.events import OpenWord
from common.http.paging import PageParameters
from common.http.schemas import PersonRefView, Time, View


class InboxParameters(PageParameters):
    unread_first: Annotated[bool, Field(description="List unread notifications before all others.")] = False


class NotificationView(View):
    """A notification. `audience` is the recipient's relation to the event, e.g. `assignee`; later versions may add
    kinds and audiences. `actor` is null for acts of the system; `person_name` is the person to whom it happened, e.g.
    the new assignee. One about several tickets has their `ticket_count`, and no `ticket_id`. `position` numbers the
    inbox from the oldest on; it is the `Last-Event-ID` of the stream."""

    id: UUID
    kind: OpenWord
    audience: OpenWord
    ticket_id: UUID | None
    ticket_number: int | None
    ticket_count: int | None = None
    title: str
    actor: PersonRefView | None
    person_name: str | None = None
    created_at: Time
    read_at: Time | None
    position: int


class UnreadCount(BaseModel):
    """The number of unread notifications."""

    count: int
