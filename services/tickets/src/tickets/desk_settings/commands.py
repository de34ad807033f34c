"""What can be asked of settings."""

from pymongo.errors import DuplicateKeyError

from common.errors import VersionConflict
from common.outbox import retry_on_conflict
from common.principal import Principal
from tickets.desk_settings.document import OrganisationSettings
from tickets.desk_settings.values import DeskSettings


async def replace(wanted: DeskSettings, by: Principal, expected: int | None) -> OrganisationSettings:
    """Chooses all of them anew. Raises Stale."""

    async def attempt() -> OrganisationSettings:
        settings = await OrganisationSettings.of(by.organisation_id)
        settings.require_version(expected)
        if settings.chosen == wanted:
            return settings
        settings.choose(wanted, by.actor)
        try:
            return await settings.commit()
        except DuplicateKeyError:
            raise VersionConflict("Somebody else chose settings for the first time at the same moment.") from None

    return await retry_on_conflict(attempt)
