"""Settings of tickets, besides those of every service."""

from pydantic import Field

from common.settings import Settings


class TicketsSettings(Settings):
    """The quotas count what is uploaded, attached or not. An hour or a day begins with its first upload."""

    uploads_per_person_hour: int = Field(default=200, ge=1)
    uploads_per_organisation_hour: int = Field(default=5_000, ge=1)
    upload_megabytes_per_person_day: int = Field(default=1_000, ge=1)
    upload_megabytes_per_organisation_day: int = Field(default=20_000, ge=1)
    text_kilobytes_per_person_day: int = Field(default=10_000, ge=1_000)
    """What one person may write in tickets, messages and edits. Short texts are not counted."""
    upload_idle_seconds: float = Field(default=30, gt=0)
    """An upload is ended when nothing arrives for this long."""
