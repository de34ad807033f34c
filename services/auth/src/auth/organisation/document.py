"""An organisation as stored."""

from typing import Self

from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from common.errors import NotFound
from common.events.auth import OrganisationCreated
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX

DEFAULT_SLUG = "default"


class Organisation(Aggregate):
    """A tenant. Its own id is also its `organisation_id`."""

    slug: str
    name: str

    class Settings(Aggregate.Settings):
        name = "organisations"
        indexes = [IndexModel([("slug", ASCENDING)], unique=True), OUTBOX_INDEX]

    @classmethod
    def new(cls, slug: str, name: str) -> Self:
        """The id follows from the slug, so that replicas starting at once agree on it."""
        id_ = derived_id("organisation", slug)
        organisation = cls(id=id_, organisation_id=id_, slug=slug, name=name)
        organisation.record(OrganisationCreated(slug=slug, name=name), actor=None)
        return organisation

    @classmethod
    async def by_slug(cls, slug: str | None) -> Self:
        """The one meant; the default one where none is named. Raises NotFound."""
        found = await cls.find_one({"slug": slug or DEFAULT_SLUG})
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
