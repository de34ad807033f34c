"""`If-Match` names the version that a change was meant for (RFC 9110 section 13.1.1); the ETag is the version."""

import re
from typing import Annotated

from fastapi import Depends, Header

from common.errors import MalformedRequest

_ETAG = re.compile(r'(?:W/)?"([0-9]{1,18})"')


async def _if_match(
    if_match: Annotated[str | None, Header(max_length=100, description='The ETag last seen, e.g. `"3"`.')] = None,
) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    match = _ETAG.fullmatch(if_match.strip())
    if match is None:
        raise MalformedRequest('If-Match takes one ETag as it was received, e.g. "3".', code="malformed_if_match")
    return int(match[1])


IfMatch = Annotated[int | None, Depends(_if_match)]
"""The version the caller has seen; None without a condition. `Aggregate.modify` takes it as `expected`."""
