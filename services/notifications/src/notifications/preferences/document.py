"""An organisation's defaults as stored."""

from typing import Self
from uuid import UUID

from pymongo import ASCENDING, IndexModel

from common.events import Actor
from common.events.notifications import PreferencesUpdated
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from notifications.person.document import StoredChoice, changes_between, read_choices, stored_choices
from notifications.policy import ChangedChoices, Segment, merge_choices


class Defaults(Aggregate):
    """The defaults of one segment. The id is derived from the organisation and the segment."""

    segment: Segment
    choices: list[StoredChoice] = []

    class Settings(Aggregate.Settings):
        name = "defaults"
        indexes = [IndexModel([("organisation_id", ASCENDING)]), OUTBOX_INDEX]

    @classmethod
    def initial(cls, organisation_id: UUID, segment: Segment) -> Self:
        """Version 0, before an admin chose anything."""
        id_ = derived_id("defaults", organisation_id, segment)
        return cls(id=id_, organisation_id=organisation_id, segment=segment)

    def choose(self, changed: ChangedChoices, by: Actor) -> None:
        before = read_choices(self.choices)
        choices = merge_choices(before, changed)
        if changes := changes_between(before, choices):
            self.choices = stored_choices(choices, self.choices)
            self.record(PreferencesUpdated(changes=changes, defaults_for=self.segment), by)
