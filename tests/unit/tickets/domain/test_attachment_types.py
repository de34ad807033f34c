"""What the name of a file says about how it is opened."""

import pytest

from tickets.domain.attachment_types import (
    ACCEPTED_TYPES,
    is_misnamed,
    type_of_name,
    with_content_extension,
    with_text_extension,
)

RUN = """
    run.bat x.ps1 link.lnk tool.jar a.scf a.reg a.library-ms a.msc a.iso a.jnlp a.chm a.xll a.docm a.html a.svg a.wsh
    a.vb a.mst install.sh PAGE.HTM a.bat::$DATA
"""


@pytest.mark.parametrize("name", RUN.split())
def test_a_file_that_is_run_when_it_is_opened_is_not_accepted(name: str) -> None:
    for is_text in (True, False):
        assert type_of_name(name, is_text=is_text) not in {*ACCEPTED_TYPES, None}


@pytest.mark.parametrize(
    ("name", "media_type"), [("notes.txt", "text/plain"), ("a.csv", "text/csv"), ("a.JSON", "application/json")]
)
def test_an_extension_says_what_kind_of_text_a_text_is(name: str, media_type: str) -> None:
    assert type_of_name(name, is_text=True) == media_type
    assert type_of_name(name, is_text=False) is None


@pytest.mark.parametrize("name", ["photo.jpg", "exe", "Invoice example.com", "bat.man.png", "report v1.2"])
def test_other_names_say_nothing(name: str) -> None:
    assert type_of_name(name, is_text=True) is None


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("notes.txt", "notes.txt"),
        ("README", "README"),
        ("data.csv", "data.csv"),
        ("Invoice example.com", "Invoice example.com.txt"),
        ("mail from me@firma.com", "mail from me@firma.com.txt"),
        ("setup.exe", "setup.exe.txt"),
        ("a.exe::$DATA", "a.exe::$DATA.txt"),
    ],
)
def test_a_text_is_stored_with_a_name_that_opens_it_as_a_text(name: str, stored: str) -> None:
    assert with_text_extension(name) == stored


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.pdf", "image/png"),
        ("report.png", "application/pdf"),
        ("report.pdf", "text/plain"),
        ("notes.TXT", "image/png"),
        ("data.csv", "application/zip"),
        ("film.mp4", "application/pdf"),
        ("letter.docx", "application/pdf"),
        ("archive.zip", "application/gzip"),
        ("letter.doc", DOCX),
    ],
)
def test_a_name_that_says_another_type_than_the_content_has_is_wrong(name: str, content: str) -> None:
    assert is_misnamed(name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.JPEG", "image/jpeg"),
        ("photo.jpg", "image/webp"),
        ("voice.m4a", "video/mp4"),
        ("notes.csv", "text/plain"),
        ("report v1.2", "application/pdf"),
        ("README", "application/zip"),
        ("letter.docx", "application/zip"),
        ("letter.docx", DOCX),
        ("archive.zip", DOCX),
        ("letter.doc", "application/rtf"),
        ("table.xls", "application/msword"),
        ("backup.tar.gz", "application/gzip"),
        ("film.mp4", "application/octet-stream"),
        ("setup.exe", "text/plain"),
    ],
)
def test_a_name_that_fits_the_content_or_says_nothing_is_right(name: str, content: str) -> None:
    assert not is_misnamed(name, content)


@pytest.mark.parametrize(
    ("name", "content", "stored"),
    [
        ("photo.jpg", "image/png", "photo.jpg.png"),
        ("photo.jpeg", "image/jpeg", "photo.jpeg"),
        ("photo.jpg", "image/x-unusual", "photo.jpg"),
        ("report.pdf", "application/pdf", "report.pdf"),
        ("app.apk", "application/zip", "app.apk.zip"),
        ("setup.msixbundle", DOCX, "setup.msixbundle.docx"),
        ("backup", "application/zip", "backup"),
        ("letter.dotx", "application/zip", "letter.dotx"),
        ("tool.jar", "application/zip", "tool.jar"),
    ],
)
def test_a_picture_and_an_archive_are_stored_with_a_name_that_says_their_kind(
    name: str, content: str, stored: str
) -> None:
    assert with_content_extension(name, content) == stored
