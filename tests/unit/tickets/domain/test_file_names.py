"""File names are sanitised, and encoded in headers."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.domain.file_names import DEFAULT_NAME, MAX_BYTES, MAX_LENGTH, content_disposition, sanitize_file_name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\photo.jpg", "photo.jpg"),
        ("exe\u202egpj.exe", "exegpj.exe"),
        ("a\r\nSet-Cookie: b.txt", "a Set-Cookie: b.txt"),
        ("Grüße aus 世界.png", "Grüße aus 世界.png"),
        ("program.exe. ", "program.exe"),
        ("", DEFAULT_NAME),
        ("..", DEFAULT_NAME),
        ("\x00", DEFAULT_NAME),
        ("x" * 500 + ".jpeg", "x" * (MAX_LENGTH - 5) + ".jpeg"),
        ("x" * 500, "x" * MAX_LENGTH),
        ("می\u200cخواهم.pdf", "می\u200cخواهم.pdf"),
        ("👨\u200d👩\u200d👧\u200d👦.png", "👨\u200d👩\u200d👧\u200d👦.png"),
        ("漢" * 150 + ".pdf", "漢" * 83 + ".pdf"),
        ("\u3164.pdf", ".pdf"),
        ("\u200b", DEFAULT_NAME),
    ],
)
def test_a_name_is_stored_without_folders_and_invisible_characters(name: str, kept: str) -> None:
    assert sanitize_file_name(name) == kept


@given(st.text())
def test_every_name_can_be_sent_in_a_header_and_read_back(name: str) -> None:
    kept = sanitize_file_name(name)
    header = content_disposition(kept)

    assert sanitize_file_name(kept) == kept
    assert 0 < len(kept) <= MAX_LENGTH
    assert len(kept.encode()) <= MAX_BYTES
    assert header.isascii()
    sent = re.fullmatch(r"attachment; filename=\"([^\"\\\r\n]+)\"; filename\*=UTF-8''([A-Za-z0-9%._~-]+)", header)
    assert sent is not None, header
    assert unquote(sent[2]) == kept
