"""Commands on settings."""

from collections.abc import Mapping
from typing import Any

from common.principal import Principal
from tickets.desk_settings.document import StoredSettings


async def update(changes: Mapping[str, Any], by: Principal, expected: int | None) -> StoredSettings:
    """Raises PreconditionFailed."""
    return await StoredSettings.modify(
        by.organisation_id, by, lambda settings: settings.change(changes, by.actor), expected=expected
    )
