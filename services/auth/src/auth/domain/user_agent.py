"""Which browsers count as the same device: those whose `User-Agent` differs only in version numbers."""

import re

_VERSION = re.compile(r"[\d._]+")


def without_versions(user_agent: str | None) -> str | None:
    """The part of a `User-Agent` that browser updates do not change."""
    return None if user_agent is None else " ".join(_VERSION.sub("", user_agent).split())
