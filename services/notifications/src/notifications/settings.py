"""Settings of notifications, besides those of every service."""

from pydantic import Field

from common.settings import SecretKeys, Settings


class NotificationsSettings(Settings):
    """Times are in seconds."""

    unsubscribe_keys: SecretKeys = Field(min_length=1)
    """Encrypt the tokens of unsubscribe links. The first one encrypts, all of them decrypt."""
    stream_seconds: float = Field(default=900, gt=0)
    """The longest a live stream lasts. Its client resumes it, on any replica."""
    streams_per_person: int = Field(default=20, ge=1)
    """The most live streams of one person on one replica. Each browser has one, however many tabs are open."""
