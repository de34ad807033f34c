"""What can be asked of settings."""

from pymongo.errors import DuplicateKeyError

from common.errors import LostRace
from common.http.identity import Principal
from common.outbox import attempt_until_won
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
            raise LostRace("Somebody else chose settings for the first time at the same moment.") from None

    return await attempt_until_won(attempt)
