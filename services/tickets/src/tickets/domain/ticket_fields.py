"""The fields of a ticket that people edit, declared once: for storage, request bodies, views, export and access."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from common.events.tickets import Priority
from common.text import OneLine, Text
from tickets.domain.access import Permission

Title = Annotated[str, OneLine(200)]
Description = Annotated[str, Text(20_000)]
Category = Annotated[str, OneLine(80)]
Tag = Annotated[str, OneLine(40)]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(lambda tags: list(dict.fromkeys(tags)))]


class TicketFields(BaseModel):
    """Each field names the permission that editing it requires. A new field needs a default: callers and stored
    tickets of before do not have it."""

    title: Annotated[Title, Permission.EDIT_TEXT]
    description: Annotated[Description, Permission.EDIT_TEXT]
    priority: Annotated[Priority, Permission.TRIAGE] = "normal"
    category: Annotated[Category | None, Permission.TRIAGE] = None
    tags: Annotated[Tags, Permission.TRIAGE] = []

    def editable(self) -> dict[str, Any]:
        """These fields alone, of a subclass too."""
        return {name: getattr(self, name) for name in TicketFields.model_fields}


def edit_permission(field: str) -> Permission:
    """The permission that editing a field requires. Raises KeyError where a field names none."""
    for each in TicketFields.model_fields[field].metadata:
        if isinstance(each, Permission):
            return each
    raise KeyError(f"{field} names no permission in TicketFields")
