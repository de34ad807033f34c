"""A download of data as CSV, stored for its event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import Field, JsonValue

from common import clock
from common.events.tickets import ExportStarted
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX, ttl_index
from common.principal import Principal

KEPT_SECONDS = 24 * 3600


class Export(Aggregate):
    """The audit trail says for good who exported what; the document is deleted after a day."""

    started_at: datetime = Field(default_factory=clock.now)

    class Settings(Aggregate.Settings):
        name = "exports"
        indexes = [ttl_index("started_at", KEPT_SECONDS), OUTBOX_INDEX]

    @classmethod
    def new(cls, content: str, criteria: Mapping[str, JsonValue], by: Principal) -> Self:
        """`content` and `criteria` are those of the event."""
        export = cls(organisation_id=by.organisation_id)
        export.record(ExportStarted(content=content, criteria=criteria), by.actor)
        return export
