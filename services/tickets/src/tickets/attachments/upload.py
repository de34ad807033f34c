"""Streams the file out of a multipart/form-data body (RFC 7578)."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote

from fastapi import Request
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from common import clock
from common.errors import Conflict, MalformedRequest, Unprocessable
from common.http.requests import set_body_limit
from tickets.attachments.schemas import MAX_UPLOAD_BYTES

FIELD = "file"
_CHARSETS = ("utf-8", "iso-8859-1")
"""Of extended parameters (RFC 8187 section 3.2.1; RFC 5987 has the second one)."""

_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')
_EXTENDED_NAME = re.compile(r";\s*filename\*\s*=\s*(?P<charset>[^'\s;]+)'[^'\s;]*'(?P<name>[^\s;]*)", re.IGNORECASE)


@dataclass(frozen=True)
class IncomingFile:
    """`content` raises MalformedRequest for an incomplete or invalid body, Unprocessable for a second part."""

    name: str
    content: AsyncIterator[bytes]


class UploadTooSlow(Conflict):
    """The client does not send the body, or sends it too slowly."""

    code = "upload_too_slow"

    def __init__(self) -> None:
        super().__init__("The upload took too long. Check the connection and upload the file again.")


async def incoming_file(request: Request, *, idle_seconds: float, ends_at: datetime) -> IncomingFile:
    """The file of a request. Raises MalformedRequest, Unprocessable, UploadTooSlow where nothing arrives for
    `idle_seconds` or the body is incomplete at `ends_at`, and 413 for a body that is too large."""
    set_body_limit(request, MAX_UPLOAD_BYTES)
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise MalformedRequest("Send the file as multipart/form-data.", code="malformed_upload")
    events = _events(request, options["boundary"], idle_seconds, ends_at)
    first = await anext(events, None)
    if not isinstance(first, MultipartSegment):
        raise Unprocessable.field(FIELD, "The file is missing.")
    _require_file(first)
    return IncomingFile(_file_name(first) or "", _content(events))


async def _content(events: AsyncIterator[MultipartSegment | bytes | None]) -> AsyncIterator[bytes]:
    async for event in events:
        if isinstance(event, MultipartSegment):
            _require_file(event)
            raise Unprocessable.field(FIELD, "Send one file at a time.")
        if event:
            yield bytes(event)


async def _events(
    request: Request, boundary: str, idle_seconds: float, ends_at: datetime
) -> AsyncIterator[MultipartSegment | bytes | None]:
    try:
        with PushMultipartParser(boundary, max_segment_count=2, strict=True) as parser:
            body = request.stream()
            while (piece := await _next_piece(body, idle_seconds, ends_at)) is not None:
                for event in parser.parse(piece) if piece else ():
                    yield event
    except MultipartError as error:
        raise MalformedRequest(f"The body is not valid multipart/form-data: {error}", code="malformed_upload") from None
    except ClientDisconnect:
        raise MalformedRequest("The upload was interrupted.", code="malformed_upload") from None


async def _next_piece(body: AsyncIterator[bytes], idle_seconds: float, ends_at: datetime) -> bytes | None:
    seconds_left = (ends_at - clock.now()).total_seconds()
    if seconds_left <= 0:  # a timeout ends nothing that is there at once
        raise UploadTooSlow
    try:
        async with asyncio.timeout(min(idle_seconds, seconds_left)):
            return await anext(body, None)
    except TimeoutError:
        raise UploadTooSlow from None


def _require_file(segment: MultipartSegment) -> None:
    if segment.name != FIELD:
        raise Unprocessable.field(segment.name or FIELD, f"Send only the field '{FIELD}'.")
    if _file_name(segment) is None:
        raise Unprocessable.field(FIELD, "This field must be a file with a name.")


def _file_name(segment: MultipartSegment) -> str | None:
    """`filename*`, where it is valid, before `filename` (RFC 6266 section 4.3). RFC 7578 section 4.2 forbids it, and
    some clients send it all the same."""
    found = _EXTENDED_NAME.search(_QUOTED.sub('""', segment.header("Content-Disposition") or ""))
    if found is not None and found["charset"].lower() in _CHARSETS:
        with suppress(UnicodeDecodeError):
            return unquote(found["name"], found["charset"], errors="strict")
    plain: str | None = segment.filename
    return plain
