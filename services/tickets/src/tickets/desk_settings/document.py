"""The stored settings of an organisation."""

from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

from common.errors import NotFound
from common.events import Actor
from common.events.tickets import SettingsUpdated
from common.mongo import ClientSession
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX, Scope
from tickets.domain.desk_settings import DeskSettings


class StoredSettings(Aggregate):
    """One per organisation, with its id. Version 0 has the defaults and is not stored."""

    values: DeskSettings = DeskSettings()

    class Settings(Aggregate.Settings):
        name = "settings"
        indexes = [OUTBOX_INDEX]

    @classmethod
    async def load(cls, id: UUID, scope: Scope, session: ClientSession | None = None) -> Self:  # noqa: A002
        """As stored, or version 0."""
        try:
            return await super().load(id, scope, session)
        except NotFound:
            return cls(id=id, organisation_id=id)

    def change(self, changes: Mapping[str, Any], by: Actor) -> None:
        values = self.values.model_copy(update=changes)
        if diff := self.values.diff(values):
            self.values = values
            self.record(SettingsUpdated(changes=diff), by)

    async def commit(self, session: ClientSession | None = None) -> Self:
        """As `Aggregate.commit`, but does not store unchanged defaults."""
        return self if self.version == 0 and not self._recorded else await super().commit(session)
