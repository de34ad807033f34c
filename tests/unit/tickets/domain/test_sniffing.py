"""The media type of a file is detected, whatever its name says."""

import io
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.domain.sniffing import HEAD_BYTES, UNKNOWN, download_media_type, sniff_media_type

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
PDF = b"%PDF-1.7\n"


def zipped() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("readme.txt", "Hello.")
    return made.getvalue()


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (PNG, "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100), "image/jpeg"),
        (PDF, "application/pdf"),
        (zipped(), "application/zip"),
        (b"MZ\x90" + bytes(100), "application/x-msdownload"),
        (b"MZ 2024 budget\n", "text/plain"),
        ("Größe;Gewicht\r\n".encode("cp1252"), "text/plain"),
        ("Größe\r\n".encode("utf-16"), "text/plain"),
        (b"{\\rtf1\\ansi Hello.}", "application/rtf"),
        (Path(sys.executable).resolve().read_bytes()[:HEAD_BYTES], "application/x-executable"),
        (b"\xcf\xfa\xed\xfe" + bytes(100), "application/x-mach-binary"),
        (b"\xca\xfe\xba\xbe" + bytes(100), "application/java-vm"),
        (b"#!/bin/sh\nrm -rf /\n", "text/plain"),
        ("Grüße, 世界\n".encode(), "text/plain"),
        ("a" * (HEAD_BYTES - 1) + "é", "text/plain"),
        (b"<!doctype html><script>alert(1)</script>", "text/plain"),
        (bytes(range(256)), UNKNOWN),
        (b"\x00", UNKNOWN),
    ],
)
def test_a_file_is_what_its_first_bytes_say(head: bytes | str, media_type: str) -> None:
    raw = head.encode() if isinstance(head, str) else head
    assert sniff_media_type(raw[:HEAD_BYTES]) == media_type


@given(st.binary(max_size=HEAD_BYTES))
def test_any_bytes_have_a_type_and_none_is_download_media_type_a_page_or_a_script(head: bytes) -> None:
    served = download_media_type(sniff_media_type(head))
    assert not any(word in served for word in ("html", "xml", "svg", "script"))
