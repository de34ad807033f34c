"""The media type of a file by its first bytes, whatever its name says."""

import re

import filetype

HEAD_BYTES = 8_192
"""The bytes that detection needs."""

UNKNOWN = "application/octet-stream"
TEXT = "text/plain"

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    (b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", "application/java-vm"),  # or a universal Mach-O binary: executable too
    (b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
)
"""File signatures that `filetype` does not know."""

_TEXT_SIGNATURES = ((b"%PDF-", "application/pdf"), (b"{\\rtf", "application/rtf"))
"""Formats that may look like a text."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
"""Bytes that no text has, in UTF-8 or in an 8-bit character set. Programs have them: two letters make no program."""

_SAFE = frozenset({TEXT, "application/pdf", "application/zip", "image/png", "image/jpeg", "image/gif", "image/webp"})


def sniff_media_type(head: bytes) -> str:
    """By the first bytes alone; `text/plain` for any text."""
    if _is_text(head):
        return next((media_type for signature, media_type in _TEXT_SIGNATURES if head.startswith(signature)), TEXT)
    known = next((media_type for signature, media_type in _SIGNATURES if head.startswith(signature)), None)
    if known is not None:
        return known
    found = filetype.guess(head)
    return str(found.mime) if found is not None else UNKNOWN


def download_media_type(media_type: str) -> str:
    """The `Content-Type` of a download: `application/octet-stream` for anything that a browser might run."""
    if media_type == TEXT:
        return f"{TEXT}; charset=utf-8"
    return media_type if media_type in _SAFE else UNKNOWN


def _is_text(head: bytes) -> bool:
    if head.startswith(_UTF16):
        try:
            return not _CONTROL.search(head[: len(head) // 2 * 2].decode("utf-16").encode())
        except UnicodeDecodeError:
            return False
    return not _CONTROL.search(head)
