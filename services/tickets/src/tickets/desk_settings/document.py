"""An organisation's choice as stored. Where there is none, the defaults count."""

from typing import Self
from uuid import UUID

from common.events import Actor
from common.events.tickets import SettingsUpdated
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from tickets.desk_settings.values import DeskSettings


class OrganisationSettings(Aggregate):
    """One for each organisation, under the organisation's own id; version 0 is not stored."""

    chosen: DeskSettings = DeskSettings()

    class Settings(Aggregate.Settings):
        name = "settings"
        indexes = [OUTBOX_INDEX]

    @classmethod
    async def of(cls, organisation_id: UUID) -> Self:
        """As stored, or a first version with the defaults."""
        found = await cls.find_one({"_id": organisation_id})
        return found or cls(id=organisation_id, organisation_id=organisation_id)

    def choose(self, wanted: DeskSettings, by: Actor) -> None:
        """From now on these. What is so already is no change and no event."""
        if changes := self.chosen.changes_to(wanted):
            self.chosen = wanted
            self.record(SettingsUpdated(changes=changes), by)
