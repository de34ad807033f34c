"""An organisation as stored, and what becomes of it."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from common import clock
from common.errors import Conflict, NotFound
from common.events import Actor, FieldChange
from common.events.auth import OrganisationCreated, OrganisationReinstated, OrganisationSuspended, OrganisationUpdated
from common.ids import derived_id
from common.mongo import ClientSession
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX

DEFAULT_SLUG = "default"

MOST_CALLS = 100_000


class RateLimits(BaseModel):
    """How many calls there may be in each window (limits.py): what everybody gets, or more."""

    login_per_ip: int = Field(default=10, ge=10, le=MOST_CALLS)
    login_per_email: int = Field(default=5, ge=5, le=MOST_CALLS)
    signup_per_ip: int = Field(default=5, ge=5, le=MOST_CALLS)
    forgot_password_per_email: int = Field(default=5, ge=5, le=MOST_CALLS)


class OrganisationSettings(BaseModel):
    """What an admin can decide. `require_mfa` is for agents and admins."""

    require_mfa: bool = False
    rate_limits: RateLimits = RateLimits()


class Organisation(Aggregate):
    """A tenant. Its own id is also its `organisation_id`."""

    slug: str
    name: str
    settings: OrganisationSettings = OrganisationSettings()
    created_at: datetime = Field(default_factory=clock.now)
    suspended_at: datetime | None = None
    admin_changes: int = 0
    """Counted by each transaction that takes an admin away, so that no two of them do it at once."""

    class Settings(Aggregate.Settings):
        name = "organisations"
        indexes = [IndexModel([("slug", ASCENDING)], unique=True), OUTBOX_INDEX]

    @classmethod
    def new(cls, slug: str, name: str, by: Actor | None = None) -> Self:
        """The id follows from the slug, so that replicas starting at once agree on it."""
        id_ = derived_id("organisation", slug)
        organisation = cls(id=id_, organisation_id=id_, slug=slug, name=name)
        organisation.record(OrganisationCreated(slug=slug, name=name), by)
        return organisation

    @classmethod
    async def find_by_slug(cls, slug: str | None) -> Self | None:
        """The one meant; the default one where none is named."""
        return await cls.find_one({"slug": slug or DEFAULT_SLUG})

    @classmethod
    async def by_slug(cls, slug: str | None) -> Self:
        """The same. Raises NotFound."""
        found = await cls.find_by_slug(slug)
        if found is None:
            raise NotFound(f"There is no organisation '{slug}'.")
        return found

    @classmethod
    async def ensure_default(cls) -> None:
        """An installation starts with one."""
        if await cls.find_one({"slug": DEFAULT_SLUG}) is None:
            try:
                await cls.new(DEFAULT_SLUG, "Helpdesk").commit()
            except DuplicateKeyError:
                return  # another replica was faster

    @property
    def suspended(self) -> bool:
        """Whether nobody of it may log in."""
        return self.suspended_at is not None

    async def commit_new(self, session: ClientSession | None = None) -> Self:
        """The first commit. Raises Conflict where the short name is taken."""
        try:
            return await self.commit(session)
        except DuplicateKeyError:
            raise Conflict(f"There is an organisation '{self.slug}' already.", code="slug_taken") from None

    def edit(self, by: Actor, *, name: str | None = None, settings: OrganisationSettings | None = None) -> None:
        """Changes what is given and differs."""
        before = _flat(self)
        self.name = name or self.name
        self.settings = settings or self.settings
        after = _flat(self)
        changes = {
            field: FieldChange(before=before[field], after=after[field])
            for field in after
            if before[field] != after[field]
        }
        if changes:
            self.record(OrganisationUpdated(slug=self.slug, name=self.name, changes=changes), by)

    def suspend(self, by: Actor) -> None:
        """From now on nobody of it is let in anywhere."""
        if not self.suspended:
            self.suspended_at = clock.now()
            self.record(OrganisationSuspended(slug=self.slug), by)

    def reinstate(self, by: Actor) -> None:
        """Its people may log in again; whoever calls made sure that no session from before is left."""
        if self.suspended:
            self.suspended_at = None
            self.record(OrganisationReinstated(slug=self.slug), by)


def _flat(organisation: Organisation) -> dict[str, Any]:
    """What can be changed, by the names the audit trail uses: `settings.rate_limits.login_per_ip`."""
    settings = organisation.settings
    limits = {f"settings.rate_limits.{name}": value for name, value in settings.rate_limits}
    return {"name": organisation.name, "settings.require_mfa": settings.require_mfa, **limits}
