"""How long sessions and their refresh tokens last."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class SessionLimits:
    """A session ends when it was not refreshed for `idle`, and `absolute` after the login. The previous refresh token
    gets no successor of its own within `grace`, and is accepted for `retry` while its successor is unused."""

    idle: timedelta
    absolute: timedelta
    grace: timedelta
    retry: timedelta
