"""What can be read of settings."""

from uuid import UUID

from common.mongo import ClientSession
from tickets.desk_settings.document import OrganisationSettings
from tickets.desk_settings.values import DeskSettings


async def settings_of(organisation_id: UUID, session: ClientSession | None = None) -> DeskSettings:
    """What counts now, for a command that depends on it.

    Read anew each time, by primary key: kept in memory, one replica would go by settings that another one has replaced.
    """
    found = await OrganisationSettings.get_pymongo_collection().find_one(
        {"_id": organisation_id}, {"chosen": 1}, session=session
    )
    return DeskSettings.model_validate(found["chosen"]) if found else DeskSettings()
