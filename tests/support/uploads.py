"""Multipart uploads in pieces, and what is stored of them."""

from collections.abc import AsyncIterator

from common.mongo import Database
from tests.support.desk import Desk
from tickets.attachments.commands import AttachmentCommands
from tickets.attachments.gridfs import GridFs
from tickets.attachments.sweep import AttachmentSweep

BOUNDARY = "frontier"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
END = f"\r\n--{BOUNDARY}--\r\n".encode()


def part(name: str = "file", filename: str | None = "notes.txt") -> bytes:
    """The header of a part of a form."""
    named = f'; filename="{filename}"' if filename is not None else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode()


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    """A request body without Content-Length."""
    for each in content:
        yield each


async def left(desk: Desk) -> dict[str, int]:
    """The number of the organisation's attachments, and of stored contents that no attachment refers to."""
    db = desk.tickets.db
    named = [each["_id"] async for each in db["attachments"].find({}, {"_id": 1})]
    return {
        "attachments": await db["attachments"].count_documents({"organisation_id": desk.customer.organisation_id}),
        "orphans": await db["contents.chunks"].count_documents({"files_id": {"$nin": named}})
        + await db["contents.files"].count_documents({"_id": {"$nin": named}}),
    }


def sweep_of(db: Database) -> AttachmentSweep:
    return AttachmentSweep(AttachmentCommands(GridFs(db)))
