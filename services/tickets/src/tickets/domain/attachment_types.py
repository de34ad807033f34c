"""Which files are accepted by default, and what the extension of a name says."""

from tickets.domain.sniffing import TEXT, UNKNOWN

ACCEPTED_TYPES = (
    "text/plain",
    "text/csv",
    "text/calendar",
    "text/markdown",
    "text/vcard",
    "text/xml",
    "application/json",
    "application/yaml",
    "message/rfc822",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/bmp",
    "image/tiff",
    "image/heic",
    "image/avif",
    "audio/*",
    "video/*",
    "application/pdf",
    "application/rtf",
    "application/epub+zip",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/zip",
    "application/gzip",
    "application/x-7z-compressed",
    "application/x-bzip2",
    "application/x-rar-compressed",
    "application/x-tar",
    "application/x-xz",
)
"""What an agent opens without running anything. Programs, scripts, pages, disk images and documents with macros are
missing, and so is whatever cannot be recognised."""

_TEXTS = {
    "text/plain": "txt text log ini cfg conf properties sql srt tex diff patch",
    "text/csv": "csv tsv",
    "text/calendar": "ics",
    "text/markdown": "md",
    "text/vcard": "vcf",
    "text/xml": "xml",
    "application/json": "json",
    "application/yaml": "yaml yml",
    "message/rfc822": "eml",
}
"""A name with one of these extensions is opened as a text."""

_BINARIES = {
    "image/png": "png apng",
    "image/jpeg": "jpg jpeg jpe jfif",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/bmp": "bmp dib",
    "image/tiff": "tif tiff",
    "image/heic": "heic heif",
    "image/avif": "avif",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg oga opus",
    "audio/x-wav": "wav",
    "audio/x-flac": "flac",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "video/mp4": "mp4 m4v",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "video/x-msvideo": "avi",
    "video/mpeg": "mpg mpeg",
    "video/x-ms-wmv": "wmv",
    "video/3gpp": "3gp",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/epub+zip": "epub",
    "application/msword": "doc dot",
    "application/vnd.ms-excel": "xls xlt",
    "application/vnd.ms-powerpoint": "ppt pps pot",
    "application/vnd.oasis.opendocument.presentation": "odp otp",
    "application/vnd.oasis.opendocument.spreadsheet": "ods ots",
    "application/vnd.oasis.opendocument.text": "odt ott",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx potx ppsx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx xltx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx dotx",
    "application/zip": "zip",
    "application/gzip": "gz tgz",
    "application/x-7z-compressed": "7z",
    "application/x-bzip2": "bz2",
    "application/x-rar-compressed": "rar",
    "application/x-tar": "tar",
    "application/x-xz": "xz",
}
"""A name with one of these extensions says what the content is. The first one is the usual one."""

_ARCHIVES = {each for each in _BINARIES if each.startswith("application/vnd.o") or each.endswith("zip")} - {
    "application/gzip"
}
"""ZIP archives, documents among them."""

_ALIKE = (
    _ARCHIVES,  # the beginning of an archive may not show what kind of document it is
    {"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"},
    {"application/msword", "application/rtf"},  # Word saves and opens both as .doc
)
"""Types of which one may be named as the other."""

_RUN = {
    "application/hta": "hta",
    "application/java-archive": "jar",
    "application/vnd.ms-excel.sheet.macroenabled.12": "xlsm xltm xlam xll xlsb",
    "application/vnd.ms-powerpoint.presentation.macroenabled.12": "pptm potm ppam ppsm",
    "application/vnd.ms-word.document.macroenabled.12": "docm dotm",
    "application/vnd.ms-htmlhelp": "chm",
    "application/x-apple-diskimage": "dmg",
    "application/x-bat": "bat cmd",
    "application/x-iso9660-image": "iso img vhd vhdx",
    "application/x-java-jnlp-file": "jnlp",
    "application/x-ms-registry": "reg",
    "application/x-ms-shortcut": "lnk url website scf library-ms searchconnector-ms search-ms appref-ms desktop webloc",
    "application/x-msi": "msi msp mst msix appx",
    "application/x-ms-management-console": "msc",
    "application/x-powershell": "ps1 psm1 psd1 ps1xml",
    "image/svg+xml": "svg svgz",
    "text/html": "html htm xhtml shtml mht mhtml",
    "text/javascript": "js jse mjs wsf wsh wsc sct",
    "text/vbscript": "vb vbs vbe",
    "text/x-python": "py pyw pyz",
    "text/x-shellscript": "sh bash command csh ksh zsh scpt",
    "text/x-ms-setup-information": "inf gadget",
}
"""With one of these extensions a text or an archive is run, or shown by a browser."""


def _by_extension(table: dict[str, str]) -> dict[str, str]:
    return {extension: media_type for media_type, names in table.items() for extension in names.split()}


_TEXT_EXTENSIONS, _RUN_EXTENSIONS = _by_extension(_TEXTS), _by_extension(_RUN)
_BINARY_EXTENSIONS = _by_extension(_BINARIES)


def extension_of(name: str) -> str:
    """In lower case; empty without one. Windows ignores what follows a colon."""
    return name.partition(":")[0].rpartition(".")[2].strip().lower() if "." in name else ""


def type_of_name(name: str, *, is_text: bool) -> str | None:
    """The media type that the extension of the name says, where it decides how a file is opened: one that is run, or
    a kind of text."""
    extension = extension_of(name)
    return _RUN_EXTENSIONS.get(extension) or (_TEXT_EXTENSIONS.get(extension) if is_text else None)


def with_text_extension(name: str) -> str:
    """A name that is opened as a text: `.txt` follows an unknown extension. `Invoice example.com` would be run."""
    extension = extension_of(name)
    return name if extension in _TEXT_EXTENSIONS or (not extension and ":" not in name) else f"{name}.txt"


def is_misnamed(name: str, content: str) -> bool:
    """Whether the extension says a type that the content, by its media type, does not have. A picture may be named as
    another kind of picture, and a sound as a video: programs open them by their content."""
    extension = extension_of(name)
    if content == UNKNOWN:
        return False
    if extension in _TEXT_EXTENSIONS:
        return content != TEXT
    named = _BINARY_EXTENSIONS.get(extension)
    if named is None or _kind(named) == _kind(content):
        return False
    return not any({named, content} <= alike for alike in _ALIKE)


def usual_extension(content: str) -> str | None:
    """Of a file with that content."""
    return "txt" if content == TEXT else _BINARIES.get(content, "").partition(" ")[0] or None


def with_content_extension(name: str, content: str) -> str:
    """The extension of the content follows that of another kind of picture, `photo.jpg.png`, and an unknown one of an
    archive, `app.apk.zip`, which would be installed."""
    extension, usual = extension_of(name), usual_extension(content)
    named = _BINARY_EXTENSIONS.get(extension)
    if named is None:
        is_unknown_archive = content in _ARCHIVES and bool(extension) and extension not in _RUN_EXTENSIONS
        return f"{name}.{usual}" if is_unknown_archive else name
    return f"{name}.{usual}" if usual and named != content and _kind(named) == "image" else name


def _kind(media_type: str) -> str:
    kind = media_type.partition("/")[0]
    return {"image": "image", "audio": "sound or video", "video": "sound or video"}.get(kind, media_type)
