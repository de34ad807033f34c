"""An organisation as stored."""

from contextlib import suppress
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from common import clock
from common.errors import Conflict, Forbidden, NotFound
from common.events import Actor, changed_fields
from common.events.auth import OrganisationCreated, OrganisationReinstated, OrganisationSuspended, OrganisationUpdated
from common.ids import derived_id
from common.mongo import ClientSession
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from common.principal import Principal

DEFAULT_SLUG = "default"

MAX_LOOSENING = 10


def _limit(default: int) -> Any:
    return Field(default=default, ge=default, le=MAX_LOOSENING * default)


class RateLimits(BaseModel):
    """Calls per window (rate_limits.py): the default, or up to ten times as many."""

    login_per_ip: int = _limit(10)
    login_per_email: int = _limit(5)
    signup_per_ip: int = _limit(5)
    forgot_password_per_ip: int = _limit(20)
    forgot_password_per_email: int = _limit(5)


class OrganisationSettings(BaseModel):
    """The settings that an admin controls. `require_mfa` applies to agents, admins and operators. Without
    `open_sign_up`, an account needs an invitation, or staff who make a contact."""

    require_mfa: bool = False
    open_sign_up: bool = True
    rate_limits: RateLimits = RateLimits()


class Organisation(Aggregate):
    """A tenant. Its `organisation_id` is its own id."""

    slug: str
    name: str
    settings: OrganisationSettings = OrganisationSettings()
    created_at: datetime = Field(default_factory=clock.now)
    suspended_at: datetime | None = None
    has_operators: bool = False
    """Whether operators have their accounts here."""
    suspensions: int = 0
    """How often it was suspended. A session, a link or an invitation of an earlier count is not valid
    (docs/decisions/0013)."""
    admin_changes: int = 0
    """Incremented by each transaction that removes an admin, so that two of them conflict."""
    sent_invitations: int = 0
    """Incremented by each transaction that sends an invitation, so that two of them conflict."""

    class Settings(Aggregate.Settings):
        name = "organisations"
        indexes = [IndexModel([("slug", ASCENDING)], unique=True), OUTBOX_INDEX]

    @classmethod
    def visible_to(cls, by: Principal) -> dict[str, Any]:
        """Operators see all organisations."""
        return {} if by.role == "operator" else super().visible_to(by)

    @staticmethod
    def id_of(slug: str | None) -> UUID:
        """Derived from the slug, so that replicas that start at the same time agree on it. The default organisation's
        for None."""
        return derived_id("organisation", slug or DEFAULT_SLUG)

    @classmethod
    def new(cls, slug: str, name: str, by: Actor | None = None) -> Self:
        id_ = cls.id_of(slug)
        organisation = cls(id=id_, organisation_id=id_, slug=slug, name=name)
        organisation.record(OrganisationCreated(slug=slug, name=name), by)
        return organisation

    @classmethod
    async def find_by_slug(cls, slug: str | None) -> Self | None:
        """The default organisation for None."""
        return await cls.find_one({"slug": slug or DEFAULT_SLUG})

    @classmethod
    async def by_slug(cls, slug: str | None) -> Self:
        """The default organisation for None. Raises NotFound."""
        found = await cls.find_by_slug(slug)
        if found is None:
            raise NotFound(f"There is no organisation '{slug}'.")
        return found

    @classmethod
    async def ensure_default(cls) -> None:
        """Creates the default organisation, unless it exists."""
        if await cls.find_by_slug(DEFAULT_SLUG) is None:
            with suppress(Conflict):  # another replica was faster
                await cls.new(DEFAULT_SLUG, "Helpdesk").commit()

    @classmethod
    async def load_active(cls, id_: UUID, session: ClientSession) -> Self:
        """Raises Forbidden where it is suspended."""
        organisation = await cls.load(id_, {}, session)
        if organisation.suspended:
            raise Forbidden("This organisation is suspended.", code="organisation_suspended")
        return organisation

    @classmethod
    async def count_suspensions(cls, id_: UUID, session: ClientSession | None) -> int:
        found = await cls.get_pymongo_collection().find_one({"_id": id_}, {"suspensions": 1}, session=session)
        return found["suspensions"] if found else 0

    @property
    def rate_limits(self) -> RateLimits:
        """Those in force: an admin cannot loosen the limits of operators, who may do more than an admin."""
        return RateLimits() if self.has_operators else self.settings.rate_limits

    @property
    def names(self) -> tuple[str, str]:
        """What no password may consist of."""
        return self.name, self.slug

    @property
    def suspended(self) -> bool:
        return self.suspended_at is not None

    @property
    def accepts_sign_ups(self) -> bool:
        return self.settings.open_sign_up and not self.suspended

    async def mark_operators(self) -> None:
        """Before the first operator of this organisation is created."""
        await self.get_pymongo_collection().update_one(
            {"_id": self.id}, {"$set": {"has_operators": True}, "$inc": {"version": 1}}
        )

    async def commit(self, session: ClientSession | None = None) -> Self:
        """Also raises Conflict where the slug is taken."""
        try:
            return await super().commit(session)
        except DuplicateKeyError:
            raise Conflict(f"The short name '{self.slug}' is taken.", code="slug_taken") from None

    def edit(self, by: Actor, *, name: str | None = None, settings: OrganisationSettings | None = None) -> None:
        """Records only the fields that differ. Raises Conflict for looser rate limits where operators have accounts."""
        if settings and self.has_operators and settings.rate_limits not in (RateLimits(), self.settings.rate_limits):
            raise Conflict(
                "Operators have their accounts in this organisation, so its rate limits stay at their defaults.",
                code="operators_here",
            )
        before = self._audited_fields()
        self.name = name or self.name
        self.settings = settings or self.settings
        if changes := changed_fields(before, self._audited_fields()):
            self.record(OrganisationUpdated(slug=self.slug, name=self.name, changes=changes), by)

    def suspend(self, by: Actor) -> None:
        """Ends all sessions of its users, and everything pending."""
        if not self.suspended:
            self.suspended_at = clock.now()
            self.suspensions += 1
            self.record(OrganisationSuspended(slug=self.slug), by)

    def reinstate(self, by: Actor) -> None:
        """Users log in again: sessions from before the suspension stay invalid."""
        if self.suspended:
            self.suspended_at = None
            self.record(OrganisationReinstated(slug=self.slug), by)

    def _audited_fields(self) -> dict[str, Any]:
        """By the names in the audit trail: `settings.rate_limits.login_per_ip`."""
        limits = {f"settings.rate_limits.{name}": value for name, value in self.settings.rate_limits}
        switches = {f"settings.{name}": getattr(self.settings, name) for name in ("require_mfa", "open_sign_up")}
        return {"name": self.name, **switches, **limits}
