"""Files that are not taken: nothing of them is left behind."""

from typing import Any

import pytest

from tests.support.desk import Desk, problem
from tests.support.uploads import BOUNDARY, END, FORM, left, part, pieces
from tickets.attachments.schemas import MAX_BYTES

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(("size", "declared"), [(MAX_BYTES + 3_000_000, True), (MAX_BYTES + 1, False)])
async def test_what_is_too_large_is_refused_and_nothing_is_left(desk: Desk, size: int, declared: bool) -> None:
    ticket = await desk.ticket()
    body = part() + bytes(size) + END
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
        (b"anything", "setup.exe"),
    ],
)
async def test_what_runs_is_refused_whatever_it_says_of_itself(desk: Desk, content: bytes, name: str) -> None:
    ticket = await desk.ticket()

    body = problem(await desk.upload(desk.customer, ticket, content, name), 422, "invalid")

    assert [wrong["field"] for wrong in body["errors"]] == ["file"]
    assert await left(desk) == {"attachments": 0, "orphans": 0}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_upload"),
        (b"no form at all", 400, "malformed_upload"),
        (part() + b"it breaks o", 400, "malformed_upload"),
        (part() + bytes(600_000), 400, "malformed_upload"),
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
