"""Settings of notifications, besides those of every service."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import NoDecode

from common.settings import CommaSeparated, Settings, strong_key


class NotificationsSettings(Settings):
    """Times are in seconds."""

    unsubscribe_keys: Annotated[
        list[Annotated[SecretStr, AfterValidator(strong_key)]], Field(min_length=1), NoDecode, CommaSeparated
    ]
    """Encrypt the tokens of unsubscribe links. The first one encrypts, all of them decrypt."""
    stream_seconds: float = Field(default=900, gt=0)
    """The longest a live stream lasts. Its client resumes it, on any replica."""
    streams_per_person: int = Field(default=20, ge=1)
    """The most live streams of one person on one replica. Each open tab has one."""
