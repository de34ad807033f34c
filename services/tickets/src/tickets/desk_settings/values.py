"""The settings themselves, and what follows from them. Pure."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from common.events import FieldChange

_NAME = "[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*"
MediaType = Annotated[str, StringConstraints(to_lower=True, max_length=127, pattern=rf"^{_NAME}/(\*|{_NAME})$")]
"""As RFC 6838 section 4.2 names them, or all of a kind, e.g. `video/*`."""

PROGRAMS = (
    "application/hta",
    "application/java-archive",
    "application/java-vm",
    "application/x-bat",
    "application/x-executable",
    "application/x-mach-binary",
    "application/x-ms-shortcut",
    "application/x-msdownload",
    "application/x-msi",
    "application/x-powershell",
    "text/javascript",
    "text/vbscript",
    "text/x-shellscript",
)
"""What runs when it is opened, by the names that `attachments/sniffing.py` has for it."""


class DeskSettings(BaseModel):
    """What an organisation can choose. The defaults count where it has not chosen."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    escalation_hours: Annotated[int, Field(ge=1, le=8_760)] = 24
    """A ticket that is not resolved so long after its creation is escalated."""
    auto_close_days: Annotated[int, Field(ge=1, le=3_650)] = 7
    """A ticket that has been resolved for so long closes by itself."""
    reopen_window_days: Annotated[int, Field(ge=0, le=3_650)] = 14
    """A customer who writes on a closed ticket reopens it for so long; later it becomes a new one."""
    ticket_creation_per_hour: Annotated[int, Field(ge=1, le=100_000)] = 10
    """How many tickets one customer may open in an hour."""
    refused_attachment_types: Annotated[
        tuple[MediaType, ...], Field(max_length=200), AfterValidator(lambda types: tuple(dict.fromkeys(types)))
    ] = PROGRAMS
    """Files that look like one of these are not taken."""

    @property
    def escalation_after(self) -> timedelta:
        """From its creation."""
        return timedelta(hours=self.escalation_hours)

    @property
    def auto_close_after(self) -> timedelta:
        """From when it was resolved."""
        return timedelta(days=self.auto_close_days)

    @property
    def reopen_window(self) -> timedelta:
        """From when it was closed."""
        return timedelta(days=self.reopen_window_days)

    def refuses(self, media_type: str) -> bool:
        """Whether a file of that type is not taken."""
        kind, _, _ = media_type.lower().partition("/")
        return not {media_type.lower(), f"{kind}/*"}.isdisjoint(self.refused_attachment_types)

    def changes_to(self, after: "DeskSettings") -> dict[str, FieldChange]:
        """What is different there."""
        old, new = self.model_dump(mode="json"), after.model_dump(mode="json")
        return {name: FieldChange(before=old[name], after=new[name]) for name in old if old[name] != new[name]}
