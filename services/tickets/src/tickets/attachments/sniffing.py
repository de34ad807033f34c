"""What a file is: by its first bytes, and by what its name makes a computer do with it. Pure."""

import codecs

import filetype

HEAD_BYTES = 8_192
"""How much of a file is looked at."""

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    (b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),  # or a Mach-O for several processors: nothing to run here either way
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
    (b"#!", "text/x-shellscript"),
)
"""What the library does not know."""

_ENDINGS = {
    "application/x-msdownload": "exe com scr pif dll cpl",
    "application/x-msi": "msi msp",
    "application/x-bat": "bat cmd",
    "application/x-powershell": "ps1 psm1",
    "application/x-ms-shortcut": "lnk url",
    "application/hta": "hta",
    "application/java-archive": "jar",
    "text/vbscript": "vbs vbe",
    "text/javascript": "js jse wsf",
    "text/x-shellscript": "sh command",
}
_BY_ENDING = {ending: media_type for media_type, endings in _ENDINGS.items() for ending in endings.split()}

_SHOWN = frozenset({TEXT, "application/pdf", "application/zip", "image/png", "image/jpeg", "image/gif", "image/webp"})


def media_type_of(head: bytes) -> str:
    """By the first bytes alone; `text/plain` for anything that reads as text in UTF-8."""
    known = next((media_type for beginning, media_type in _BEGINNINGS if head.startswith(beginning)), None)
    if known is not None:
        return known
    found = filetype.guess(head)
    if found is not None:
        return str(found.mime)
    return TEXT if _reads_as_text(head) else UNKNOWN


def media_type_by_name(name: str) -> str | None:
    """What a computer takes a file of that name for, as far as it would run it."""
    return _BY_ENDING.get(name.rpartition(".")[2].lower()) if "." in name else None


def served_as(media_type: str) -> str:
    """The type a download is served as: what no browser runs, as it is; everything else as mere bytes."""
    if media_type == TEXT:
        return f"{TEXT}; charset=utf-8"
    return media_type if media_type in _SHOWN else UNKNOWN


def _reads_as_text(head: bytes) -> bool:
    try:
        # A character may be cut off at the end of what was looked at.
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not any(ord(each) < 32 and each not in "\t\n\r\f" for each in text)
