"""Files on their way to a ticket, piece by piece, and what is left of them."""

from collections.abc import AsyncIterator

from common.mongo import Database
from tests.support.desk import Desk
from tickets.attachments.commands import AttachmentCommands
from tickets.attachments.gridfs import GridFs
from tickets.attachments.sweep import AttachmentSweep

BOUNDARY = "frontier"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(name: str = "file", filename: str | None = "notes.txt") -> bytes:
    """The beginning of a part of a form."""
    named = f'; filename="{filename}"' if filename is not None else ""
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode()


END = f"\r\n--{BOUNDARY}--\r\n".encode()


async def pieces(*content: bytes) -> AsyncIterator[bytes]:
    """A body without a declared length."""
    for each in content:
        yield each


async def left(desk: Desk) -> dict[str, int]:
    """What is stored for the organisation's attachments, and of contents that no attachment names."""
    db = desk.tickets.db
    own = await db["attachments"].find({"organisation_id": desk.customer.organisation_id}).to_list()
    named = [each["_id"] async for each in db["attachments"].find({}, {"_id": 1})]
    return {
        "attachments": len(own),
        "orphans": await db["contents.chunks"].count_documents({"files_id": {"$nin": named}})
        + await db["contents.files"].count_documents({"_id": {"$nin": named}}),
    }


def sweep_of(db: Database) -> AttachmentSweep:
    """As a worker runs it."""
    return AttachmentSweep(AttachmentCommands(GridFs(db)))
