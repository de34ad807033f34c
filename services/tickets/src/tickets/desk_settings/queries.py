"""Queries of settings."""

from uuid import UUID

from common.mongo import ClientSession
from tickets.desk_settings.document import StoredSettings
from tickets.domain.desk_settings import DeskSettings


async def settings_of(organisation_id: UUID, session: ClientSession | None = None) -> DeskSettings:
    """The current settings. They are read each time, by primary key: a replica with a cache would apply old ones."""
    found = await StoredSettings.get_pymongo_collection().find_one(
        {"_id": organisation_id}, {"values": 1}, session=session
    )
    return DeskSettings.model_validate(found["values"]) if found else DeskSettings()
