"""Files that are not taken: nothing of them is left behind."""

import io
import zipfile
from typing import Any

import pytest

from tests.support.desk import Desk, ok, problem
from tests.support.uploads import BOUNDARY, END, FORM, left, part, pieces
from tickets.attachments.schemas import MAX_BYTES
from tickets.domain.file_names import MAX_BYTES as MAX_NAME_BYTES
from tickets.domain.file_names import MAX_LENGTH

pytestmark = pytest.mark.asyncio(loop_scope="module")

PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)


@pytest.mark.parametrize(("size", "declared"), [(MAX_BYTES + 3_000_000, True), (MAX_BYTES + 1, False)])
async def test_what_is_too_large_is_refused_and_nothing_is_left(desk: Desk, size: int, declared: bool) -> None:
    ticket = await desk.ticket()
    body = part() + b"a" * size + END
    content: Any = body if declared else pieces(*(body[n : n + 500_000] for n in range(0, len(body), 500_000)))

    headers = {**desk.customer.headers, **FORM}
    path = f"/api/v1/tickets/{ticket['id']}/attachments"
    answer = await desk.tickets.http.post(path, content=content, headers=headers)

    problem(answer, 413, "too_large")
    assert await left(desk) == {"attachments": 0, "orphans": 0}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ" + bytes(500_000), "photo.jpg"),
        (b"\x7fELF" + bytes(500), "notes.txt"),
        (b"\xcf\xfa\xed\xfe" + bytes(500), "notes.txt"),
        (b"@echo off", "setup.bat"),
        (b"<script>alert(1)</script>", "page.html"),
        (b"[Desktop]", "a.scf"),
        (bytes(500), "data.txt"),
    ],
)
async def test_what_runs_is_refused_whatever_it_says_of_itself(desk: Desk, content: bytes, name: str) -> None:
    ticket = await desk.ticket()

    body = problem(await desk.upload(desk.customer, ticket, content, name), 422, "invalid")

    [wrong] = body["errors"]
    assert wrong["field"] == "file"
    assert "Send a document, a picture, a text or a ZIP archive, or ask an administrator" in wrong["message"]
    assert await left(desk) == {"attachments": 0, "orphans": 0}


@pytest.mark.parametrize(
    ("content", "name", "extension"),
    [
        (PNG, "report.pdf", "png"),
        (PNG, "notes.txt", "png"),
        (b"%PDF-1.7 A report.", "photo.jpg", "pdf"),
        (b"Not a picture.", "photo.jpg", "txt"),
    ],
)
async def test_a_file_whose_name_says_another_type_than_its_content_is_refused_with_what_to_do(
    desk: Desk, content: bytes, name: str, extension: str
) -> None:
    ticket = await desk.ticket()

    body = problem(await desk.upload(desk.customer, ticket, content, name), 422, "misnamed_file")

    [wrong] = body["errors"]
    assert wrong["field"] == "file"
    assert f"rename it so that the name ends in .{extension}" in wrong["message"]
    assert await left(desk) == {"attachments": 0, "orphans": 0}


async def test_a_picture_that_is_named_as_another_kind_of_picture_gets_the_extension_of_its_content(desk: Desk) -> None:
    uploaded = await desk.uploaded(desk.customer, await desk.ticket(), PNG, "photo.jpg")

    assert (uploaded["name"], uploaded["media_type"]) == ("photo.jpg.png", "image/png")


@pytest.mark.parametrize(
    ("content", "name", "ending"),
    [
        (b"Hello.", f"{'x' * 145}.com", ".txt"),
        (b"Hello.", f"{'ü' * 125}.com", ".txt"),
        (PNG, f"{'x' * 145}.jpg", ".png"),
    ],
)
async def test_a_name_that_gets_an_extension_still_fits_into_a_file_system(
    desk: Desk, content: bytes, name: str, ending: str
) -> None:
    stored = (await desk.uploaded(desk.customer, await desk.ticket(), content, name))["name"]

    assert stored.endswith(ending)
    assert len(stored) <= MAX_LENGTH
    assert len(stored.encode()) <= MAX_NAME_BYTES


@pytest.mark.parametrize("name", ["app.apk", "setup.msixbundle", "extension.xpi", "editor.vsix"])
async def test_an_archive_with_an_unknown_extension_is_stored_as_an_archive(desk: Desk, name: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writing:
        writing.writestr("notes.txt", "Hello.")

    uploaded = await desk.uploaded(desk.customer, await desk.ticket(), archive.getvalue(), name)

    assert (uploaded["name"], uploaded["media_type"]) == (f"{name}.zip", "application/zip")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_upload"),
        (b"no form at all", 400, "malformed_upload"),
        (part() + b"it breaks o", 400, "malformed_upload"),
        (part() + b"a" * 600_000, 400, "malformed_upload"),
        (part() + END, 422, "invalid"),
        (f"--{BOUNDARY}--\r\n".encode(), 422, "invalid"),
        (part("photo") + b"x" + END, 422, "invalid"),
        (part(filename=None) + b"x" + END, 422, "invalid"),
        (part() + b"x\r\n" + part("more") + b"y" + END, 422, "invalid"),
        (part() + b"x\r\n" + part() + b"y" + END, 422, "invalid"),
        (b"\r\n".join([part() + b"x", part() + b"y", part() + b"z"]) + END, 422, "invalid"),
        (b"--frontier\r\nContent-Disposition: attachment\r\n\r\nx" + END, 400, "malformed_upload"),
    ],
)
async def test_what_is_no_form_with_one_file_is_refused_and_nothing_is_left(
    desk: Desk, body: bytes, status: int, code: str
) -> None:
    ticket = await desk.ticket()

    answer = await desk.tickets.http.post(
        f"/api/v1/tickets/{ticket['id']}/attachments", content=body, headers={**desk.customer.headers, **FORM}
    )

    problem(answer, status, code)
    assert await left(desk) == {"attachments": 0, "orphans": 0}


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data", "multipart/mixed; boundary=x", ""])
async def test_another_kind_of_body_is_refused(desk: Desk, kind: str) -> None:
    ticket = await desk.ticket()

    answer = await desk.tickets.http.post(
        f"/api/v1/tickets/{ticket['id']}/attachments",
        content=b"{}",
        headers={**desk.customer.headers, "Content-Type": kind},
    )

    problem(answer, 400, "malformed_upload")


@pytest.mark.parametrize(
    ("content", "name", "stored"),
    [
        (b"MZ 2024 budget", "notes.txt", "notes.txt"),
        (b"#!/bin/sh is how it begins", "notes.txt", "notes.txt"),
        (b"12 EUR", "Invoice example.com", "Invoice example.com.txt"),
        (b"Hello.", "mail from me@firma.com", "mail from me@firma.com.txt"),
    ],
)
async def test_two_letters_or_an_ending_make_no_program(desk: Desk, content: bytes, name: str, stored: str) -> None:
    uploaded = await desk.uploaded(desk.customer, await desk.ticket(), content, name)

    assert (uploaded["name"], uploaded["media_type"]) == (stored, "text/plain")


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ("filename*=UTF-8''%e2%82%ac%20rates.txt", "€ rates.txt"),
        ("filename=\"EURO rates.txt\"; filename*=utf-8'en'%e2%82%ac%20rates.txt", "€ rates.txt"),
        ("filename=\"_.txt\"; filename*=iso-8859-1''%A3.txt", "£.txt"),
        ("filename=\"plain.txt\"; filename*=UTF-8''%ff.txt", "plain.txt"),
        ("filename=\"plain.txt\"; filename*=unknown''x.txt", "plain.txt"),
        ("filename=\"a; filename*=UTF-8''b.txt\"", "a; filename*=UTF-8''b.txt"),
    ],
)
async def test_an_extended_file_name_is_used_where_it_is_valid(desk: Desk, parameters: str, name: str) -> None:
    ticket = await desk.ticket()
    header = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; {parameters}\r\n\r\n'

    answer = await desk.tickets.http.post(
        f"/api/v1/tickets/{ticket['id']}/attachments",
        content=header.encode() + b"Hello." + END,
        headers={**desk.customer.headers, **FORM},
    )

    assert ok(answer, 201)["name"] == name


async def test_an_organisation_accepts_other_types(desk: Desk) -> None:
    admin = await desk.joined_by("admin", "Ada Admin")
    ticket = await desk.ticket()
    problem(await desk.upload(desk.customer, ticket, bytes(20), "blob"), 422, "invalid")

    ok(await desk.call(admin, "PUT", "/settings", json={"accepted_attachment_types": ["application/octet-stream"]}))

    assert (await desk.uploaded(desk.customer, ticket, bytes(20), "blob"))["name"] == "blob"
    problem(await desk.upload(desk.customer, ticket, b"Hello."), 422, "invalid")
