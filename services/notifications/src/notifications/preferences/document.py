"""An organisation's defaults as stored."""

from typing import Self
from uuid import UUID

from pymongo import ASCENDING, IndexModel

from common.events import Actor
from common.events.notifications import PreferencesUpdated
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from notifications.person.document import Choice, changes_between, chosen, stored
from notifications.policy import Choices, Party


class Defaults(Aggregate):
    """What holds for customers, or for agents and admins, who chose nothing else. Its id follows from the two."""

    party: Party
    choices: list[Choice] = []

    class Settings(Aggregate.Settings):
        name = "defaults"
        indexes = [IndexModel([("organisation_id", ASCENDING)]), OUTBOX_INDEX]

    @classmethod
    def none_yet(cls, organisation_id: UUID, party: Party) -> Self:
        """As it is before an admin chose anything."""
        return cls(id=derived_id("defaults", organisation_id, party), organisation_id=organisation_id, party=party)

    def choose(self, choices: Choices, by: Actor) -> Self:
        """From now on just these."""
        if changes := changes_between(chosen(self.choices), choices):
            self.choices = stored(choices)
            self.record(PreferencesUpdated(changes=changes, defaults_for=self.party), by)
        return self
