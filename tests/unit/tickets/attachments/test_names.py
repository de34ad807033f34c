"""Names of files, kept and told."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.attachments.names import LONGEST, UNNAMED, clean, content_disposition


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
        ("", UNNAMED),
        ("..", UNNAMED),
        ("\x00", UNNAMED),
        ("x" * 500 + ".jpeg", "x" * (LONGEST - 5) + ".jpeg"),
        ("x" * 500, "x" * LONGEST),
    ],
)
def test_a_name_is_kept_without_folders_and_what_nobody_sees(name: str, kept: str) -> None:
    assert clean(name) == kept


@given(st.text())
def test_every_name_can_be_told_in_a_header_and_read_back(name: str) -> None:
    kept = clean(name)
    header = content_disposition(kept)

    assert clean(kept) == kept
    assert 0 < len(kept) <= LONGEST
    assert header.isascii()
    told = re.fullmatch(r"attachment; filename=\"([^\"\\\r\n]+)\"; filename\*=UTF-8''([A-Za-z0-9%._~-]+)", header)
    assert told is not None, header
    assert unquote(told[2]) == kept
