"""Keeping the list."""

from uuid import UUID

from pymongo.errors import DuplicateKeyError

from common.errors import NotFound, VersionConflict
from common.mongo import ClientSession
from common.outbox import retry_on_conflict
from common.principal import Principal
from mailer.suppression.document import Suppression
from mailer.suppression.schemas import NewSuppression


async def add(new: NewSuppression, user: Principal, session: ClientSession | None) -> Suppression:
    """Raises Conflict where the address is on the list, and LostRace where another admin adds it at this moment."""
    id_ = Suppression.id_of(user.organisation_id, new.email)
    found = await Suppression.find_one({"_id": id_, "organisation_id": user.organisation_id}, session=session)
    if found is not None:
        suppression = found.add(new.email, new.reason, user.actor)
    else:
        suppression = Suppression.of(user.organisation_id, new.email, new.reason, user.actor)
    try:
        return await suppression.commit(session)
    except DuplicateKeyError:
        raise VersionConflict("Another admin added it at the same moment.") from None


async def remove(suppression_id: UUID, user: Principal, *, if_match: int | None) -> None:
    """Raises NotFound, Stale."""

    async def once() -> None:
        suppression = await Suppression.load(suppression_id, user.organisation_id)
        if not suppression.active:
            raise NotFound(f"There is no suppression {suppression_id}.")
        suppression.require_version(if_match)
        await suppression.remove(user.actor).commit()

    await retry_on_conflict(once)
