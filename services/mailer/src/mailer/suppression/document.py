"""A suppression as stored."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pymongo import ASCENDING, DESCENDING, IndexModel

from common import clock
from common.addresses import address_key, normalize_address
from common.errors import Conflict
from common.events import Actor, PersonRef
from common.events.mailer import SuppressionAdded, SuppressionRemoved
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from common.principal import Principal

_ACTIVE = [("organisation_id", ASCENDING), ("active", ASCENDING)]


class Suppression(Aggregate):
    """The id is derived from the organisation and the address. A removed entry is kept with `active` false, so that the
    sequence of its events continues if it is added again."""

    email: str
    address: str
    reason: str = ""
    active: bool = False
    includes_security_emails: bool = False
    """Whether security emails are not sent either."""
    added_by: PersonRef | None = None
    """None for an address that the mail server reported as missing."""
    added_at: datetime

    class Settings(Aggregate.Settings):
        name = "suppressions"
        indexes = [IndexModel([*_ACTIVE, ("added_at", DESCENDING), ("_id", DESCENDING)]), OUTBOX_INDEX]

    @classmethod
    def visible_to(cls, by: Principal) -> dict[str, Any]:
        """The entries of the list, without removed ones."""
        return {**super().visible_to(by), "active": True}

    @classmethod
    def id_of(cls, organisation_id: UUID, email: str) -> UUID:
        return derived_id("suppression", organisation_id, address_key(email))

    @classmethod
    def initial(cls, organisation_id: UUID, email: str, by: PersonRef | None) -> Self:
        """An entry that is not active yet."""
        return cls(
            id=cls.id_of(organisation_id, email),
            organisation_id=organisation_id,
            email=email,
            address=address_key(email),
            added_by=by,
            added_at=clock.now(),
        )

    def add(self, email: str, reason: str, by: Actor | None, *, includes_security_emails: bool = False) -> None:
        """Adds the address to the list. Raises Conflict if it is on it already."""
        if self.active:
            raise Conflict(f"{email} is already on the suppression list: {self.reason}", code="already_suppressed")
        self.active = True
        self.email, self.reason = email, reason
        self.includes_security_emails = includes_security_emails
        self.added_by, self.added_at = PersonRef(id=by.id, name=by.name) if by else None, clock.now()
        added = SuppressionAdded(email=email, reason=reason, includes_security_emails=includes_security_emails)
        self.record(added, by)

    def copy_from(self, other: Self) -> None:
        """Adds the address that is on the list as `other`, unless it is on it already."""
        if not self.active:
            self.active = True
            self.email, self.reason = normalize_address(other.email), other.reason
            self.includes_security_emails = other.includes_security_emails
            self.added_by, self.added_at = other.added_by, other.added_at
            added = SuppressionAdded(
                email=self.email, reason=self.reason, includes_security_emails=self.includes_security_emails
            )
            self.record(added, actor=None)

    def remove(self, by: Actor | None) -> None:
        """Removes the address from the list."""
        self.active = False
        self.record(SuppressionRemoved(email=self.email), by)
