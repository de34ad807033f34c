"""Names of files: as they are kept, and as a download says them. Pure."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 150
UNNAMED = "file"

_NOT_QUOTABLE = re.compile(r'[^\x20-\x7e]|["\\%]')


def clean(name: str) -> str:
    """A name without folders and without characters nobody sees: a mark that turns the writing around makes
    `gpj.exe` of what reads `exe.jpg`."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    visible = "".join(" " if each.isspace() else each for each in last if each.isspace() or _is_visible(each))
    tidy = " ".join(visible.split()).rstrip(". ") or UNNAMED
    if len(tidy) <= LONGEST:
        return tidy
    stem, dot, ending = tidy.rpartition(".")
    return f"{stem[: LONGEST - len(ending) - 1]}.{ending}" if dot and len(ending) < 20 else tidy[:LONGEST]


def content_disposition(name: str) -> str:
    """The header of a download (RFC 6266), with the whole name as RFC 8187 encodes it and a plain one for old
    clients."""
    plain = _NOT_QUOTABLE.sub("_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _is_visible(character: str) -> bool:
    return not unicodedata.category(character).startswith("C")
