"""What notifications can be told besides what every service can."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import NoDecode

from common.settings import CommaSeparated, Settings, strong_key


class NotificationsSettings(Settings):
    """Times are in seconds."""

    unsubscribe_keys: Annotated[
        list[Annotated[SecretStr, AfterValidator(strong_key)]], Field(min_length=1), NoDecode, CommaSeparated
    ]
    """Seal what a mail's unsubscribe link says. The first one seals, all open."""
    stream_seconds: float = Field(default=900, gt=0)
    """How long one live stream lasts at the most. Its client resumes it, on whichever replica has room."""
    streams_per_person: int = Field(default=20, ge=1)
    """How many live streams one person may have with one replica: each open tab has one."""
