"""The media type of a file: by its first bytes, and by a file extension that makes it executable."""

import codecs

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
    (b"#!", "text/x-shellscript"),
)
"""File signatures that `filetype` does not know."""

_EXTENSIONS = {
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
_BY_EXTENSION = {each: media_type for media_type, extensions in _EXTENSIONS.items() for each in extensions.split()}

_SAFE = frozenset({TEXT, "application/pdf", "application/zip", "image/png", "image/jpeg", "image/gif", "image/webp"})


def sniff_media_type(head: bytes) -> str:
    """By the first bytes alone; `text/plain` for any UTF-8 text."""
    known = next((media_type for signature, media_type in _SIGNATURES if head.startswith(signature)), None)
    if known is not None:
        return known
    found = filetype.guess(head)
    if found is not None:
        return str(found.mime)
    return TEXT if _is_text(head) else UNKNOWN


def executable_type(name: str) -> str | None:
    """The media type of a file name whose extension makes the file executable."""
    return _BY_EXTENSION.get(name.rpartition(".")[2].lower()) if "." in name else None


def download_media_type(media_type: str) -> str:
    """The `Content-Type` of a download: `application/octet-stream` for anything that a browser might run."""
    if media_type == TEXT:
        return f"{TEXT}; charset=utf-8"
    return media_type if media_type in _SAFE else UNKNOWN


def _is_text(head: bytes) -> bool:
    try:
        # The last character may be incomplete.
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return not any(ord(each) < 32 and each not in "\t\n\r\f" for each in text)
