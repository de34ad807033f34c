"""File names, as stored and as a download states them."""

import re
from urllib.parse import quote

from common.text import clean_line

MAX_LENGTH = 150
MAX_BYTES = 255
"""In UTF-8: the limit of most file systems."""
DEFAULT_NAME = "file"

_NOT_QUOTABLE = re.compile(r'[^\x20-\x7e]|["\\%]')


def sanitize_file_name(name: str) -> str:
    """The name without folders and invisible characters: a bidi override would show `gpj.exe` as `exe.jpg`."""
    kept = _trim(name.replace("\\", "/").rpartition("/")[2])
    if len(kept) > MAX_LENGTH or len(kept.encode()) > MAX_BYTES:
        stem, dot, extension = kept.rpartition(".")
        ending = f".{extension}" if dot and len(extension.encode()) < 20 else ""
        kept = _trim(_cut(stem if ending else kept, len(ending), len(ending.encode())) + ending)
    return kept or DEFAULT_NAME


def _trim(name: str) -> str:
    """Without the dots and spaces at the end, which Windows removes."""
    trimmed = clean_line(name).rstrip(". ")
    return trimmed if trimmed == name else _trim(trimmed)


def _cut(stem: str, length: int, octets: int) -> str:
    """The beginning that leaves room for so much."""
    return stem[: MAX_LENGTH - length].encode()[: MAX_BYTES - octets].decode(errors="ignore")


def content_disposition(name: str) -> str:
    """The header of a download (RFC 6266): the full name as RFC 8187 encodes it, and an ASCII one for old clients."""
    plain = _NOT_QUOTABLE.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
