"""Which files are accepted by default, and what the extension of a name says."""

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
