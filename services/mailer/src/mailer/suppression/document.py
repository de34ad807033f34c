"""A suppression as stored."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pymongo import ASCENDING, DESCENDING, IndexModel

from common import clock
from common.errors import Conflict
from common.events import Actor, PersonRef
from common.events.mailer import SuppressionAdded, SuppressionRemoved
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from mailer.mail.document import address_key


class Suppression(Aggregate):
    """Its id follows from the organisation and the address. One that was removed stays as `active` false: its events
    are numbered on, should it come back."""

    email: str
    address: str
    reason: str
    active: bool
    added_by: PersonRef
    added_at: datetime

    class Settings(Aggregate.Settings):
        name = "suppressions"
        indexes = [
            IndexModel(
                [
                    ("organisation_id", ASCENDING),
                    ("active", ASCENDING),
                    ("added_at", DESCENDING),
                    ("_id", DESCENDING),
                ]
            ),
            OUTBOX_INDEX,
        ]

    @classmethod
    def id_of(cls, organisation_id: UUID, email: str) -> UUID:
        """Of an address there."""
        return derived_id("suppression", organisation_id, address_key(email))

    @classmethod
    def of(cls, organisation_id: UUID, email: str, reason: str, by: Actor) -> Self:
        """Nothing is sent to that address from now on."""
        new = cls(
            id=cls.id_of(organisation_id, email),
            organisation_id=organisation_id,
            email=email,
            address=address_key(email),
            reason=reason,
            active=False,
            added_by=PersonRef(id=by.id, name=by.name),
            added_at=clock.now(),
        )
        return new.add(email, reason, by)

    def add(self, email: str, reason: str, by: Actor) -> Self:
        """Again, after it was removed. Raises Conflict where it is there."""
        if self.active:
            raise Conflict(f"Nothing is sent to {self.email} already: {self.reason}", code="already_suppressed")
        self.active = True
        self.email, self.reason = email, reason
        self.added_by, self.added_at = PersonRef(id=by.id, name=by.name), clock.now()
        self.record(SuppressionAdded(email=email, reason=reason), by)
        return self

    def remove(self, by: Actor) -> Self:
        """Mails go there again."""
        self.active = False
        self.record(SuppressionRemoved(email=self.email), by)
        return self
