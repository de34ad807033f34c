"""What crosses the wire about attachments."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from common.events.tickets import Visibility
from common.http.schemas import Time, View
from tickets.ticket.schemas import Person

MAX_PER_MESSAGE = 10

MEGABYTE = 1024 * 1024
MAX_BYTES = 25 * MEGABYTE
MAX_UPLOAD_BYTES = MAX_BYTES + MEGABYTE
"""With the multipart envelope around it; infra/nginx/uploads.conf lets as much through."""

UPLOAD: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
"""The body of an upload, for OpenAPI: it is read as it comes, so FastAPI does not know of it."""

DOWNLOAD: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The content.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class UploadedFile(BaseModel):
    """By what a repeated upload is known to be the same."""

    name: str
    size: int
    sha256: str


class AttachmentShown(BaseModel):
    """A file, beside its message. `media_type` is what its content looks like; `size` is in bytes."""

    id: UUID
    name: str
    media_type: str
    size: int


class AttachmentView(View):
    """A file. Until it is named in a message it has none, and is seen by its uploader alone."""

    id: UUID
    ticket_id: UUID
    message_id: UUID | None
    visibility: Visibility | None
    uploader: Person
    name: str
    media_type: str
    size: int
    created_at: Time
    expires_at: Time | None
