"""File names, as stored and as a download states them."""

import re
import unicodedata
from urllib.parse import quote

MAX_LENGTH = 150
DEFAULT_NAME = "file"

_NOT_QUOTABLE = re.compile(r'[^\x20-\x7e]|["\\%]')


def sanitize_file_name(name: str) -> str:
    """The name without folders and invisible characters. A bidi override would show `gpj.exe` as `exe.jpg`."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(" " if each.isspace() else each for each in last if each.isspace() or _is_visible(each))
    tidy = " ".join(visible.split()).rstrip(". ") or DEFAULT_NAME
    if len(tidy) <= MAX_LENGTH:
        return tidy
    stem, dot, extension = tidy.rpartition(".")
    if dot and len(extension) < 20:
        return f"{stem[: MAX_LENGTH - len(extension) - 1]}.{extension}"
    return tidy[:MAX_LENGTH]


def content_disposition(name: str) -> str:
    """The header of a download (RFC 6266): the full name as RFC 8187 encodes it, and an ASCII one for old clients."""
    plain = _NOT_QUOTABLE.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _is_visible(character: str) -> bool:
    return not unicodedata.category(character).startswith("C")
