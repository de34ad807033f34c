"""The little of MIME that our mails are made of (RFC 5322, RFC 2045 to 2047), as bytes to send. Pure.

Python's `email` package makes the same of it in four times the time that everything else takes which is done for a
mail: it takes apart each field that it is given.
"""

import binascii
import re
from collections.abc import Iterable
from email.header import Header

from common.text import clean_line

LINE = b"\r\n"
LONGEST_LINE = 998
"""Without its end (RFC 5322 section 2.1.1)."""

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
"""What a name can hold without being quoted (RFC 5322 section 3.2.3)."""

_LINE_END = re.compile(rb"\r\n|\r|\n")
_UNUSUAL = re.compile(rb"[^\t\x20-\x7e\r\n]")
"""Matches what a 7-bit body cannot contain."""


def field(name: str, value: str) -> bytes:
    """A header field that we make up ourselves: ASCII, and one long line, so that ids in it stay whole. Raises
    ValueError for what is not ASCII, or would be another field."""
    return _field(name, value, "ascii")


def text_field(name: str, text: str) -> bytes:
    """An unstructured header field with any text."""
    return field(name, _words(_one_line(text), at=len(name) + 2))


def address_field(name: str, display_name: str, address: str) -> bytes:
    """A header field with one address, and the name of its owner. An address that is not ASCII is written in UTF-8 (RFC
    6532)."""
    shown = _one_line(display_name)
    if not shown:
        return _field(name, address)
    if not shown.isascii():
        shown = _words(shown, at=len(name) + 2)
    elif not _ATOMS.fullmatch(shown):
        shown = '"' + re.sub(r'(["\\])', r"\\\1", shown) + '"'
    return _field(name, f"{shown} <{address}>")


def alternative(fields: Iterable[bytes], text: str, html: str, *, boundary: str) -> bytes:
    """A whole message that says the same as text and as HTML. `boundary` is not found in either."""
    separator = f"--{boundary}".encode("ascii")
    return b"".join(
        [
            *fields,
            field("MIME-Version", "1.0"),
            field("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
            *(LINE, separator, LINE, _part("plain", text)),
            *(LINE, separator, LINE, _part("html", html)),
            *(LINE, separator, b"--", LINE),
        ]
    )


def _part(subtype: str, content: str) -> bytes:
    lines = _LINE_END.split(content.encode())
    whole = LINE.join(lines)
    plain = max(map(len, lines)) <= LONGEST_LINE and not _UNUSUAL.search(whole)
    encoded = whole if plain else _quoted_printable(whole)
    return b"".join(
        [
            field("Content-Type", f'text/{subtype}; charset="utf-8"'),
            # Never 8bit: no server on the way may have to re-encode it, which would break its signature.
            field("Content-Transfer-Encoding", "7bit" if plain else "quoted-printable"),
            LINE,
            encoded,
        ]
    )


def _quoted_printable(content: bytes) -> bytes:
    # Where it meets no line end in the content, it makes its own ones without CR.
    return _LINE_END.sub(LINE, binascii.b2a_qp(content, istext=True))


def _field(name: str, value: str, encoding: str = "utf-8") -> bytes:
    unfolded = value.replace("\r\n ", "")
    if "\n" in unfolded or "\r" in unfolded:
        raise ValueError(f"{name} would end in the middle")
    return f"{name}: {value}".encode(encoding) + LINE


def _one_line(text: str) -> str:
    """The text on one line, without anything that looks like an encoded word, which the reader's program would decode,
    line breaks included."""
    return clean_line(text).replace("=?", "= ?")


def _words(text: str, *, at: int) -> str:
    """As it is, or as encoded words (RFC 2047), folded where that is needed; the first line begins at column `at`."""
    if text.isascii() and len(text) + at <= LONGEST_LINE:
        return text
    return Header(text, "utf-8", maxlinelen=75, header_name="x" * (at - 2)).encode(linesep="\r\n")
