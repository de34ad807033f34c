"""Which browsers count as the same device: those that differ in nothing but version numbers. Pure."""

import re

_VERSION = re.compile(r"[\d._]+")


def device_of(user_agent: str | None) -> str | None:
    """What stays of a `User-Agent` through updates; None where there was none."""
    return None if user_agent is None else " ".join(_VERSION.sub("", user_agent).split())
