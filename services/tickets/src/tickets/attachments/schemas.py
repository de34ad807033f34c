"""Request and response bodies of attachments."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel

from common.events.tickets import Visibility
from common.http.schemas import PersonRefView, Time, View

MAX_PER_MESSAGE = 10

MEGABYTE = 1024 * 1024
MAX_BYTES = 25 * MEGABYTE
MAX_UPLOAD_BYTES = MAX_BYTES + MEGABYTE
"""With the multipart overhead. infra/nginx/uploads.conf has the same limit."""

_BINARY = {"type": "string", "format": "binary"}
_FORM = {"type": "object", "required": ["file"], "additionalProperties": False, "properties": {"file": _BINARY}}

UPLOAD: dict[str, Any] = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}
"""The request body of an upload for OpenAPI: FastAPI does not parse it."""

_CONTENT = {"application/octet-stream": {"schema": _BINARY}}
DOWNLOAD: dict[int | str, dict[str, Any]] = {200: {"description": "The content.", "content": _CONTENT}}


class UploadedFile(BaseModel):
    """Identifies a repeated upload."""

    name: str
    size: int
    sha256: str


class AttachmentRefView(BaseModel):
    """A file of a message. `media_type` is detected from the content; `size` is in bytes."""

    id: UUID
    name: str
    media_type: str
    size: int


class AttachmentView(View):
    """A file. `message_id` is null, and only the uploader sees it, until a message names it."""

    id: UUID
    ticket_id: UUID
    message_id: UUID | None
    visibility: Visibility | None
    uploader: PersonRefView
    name: str
    media_type: str
    size: int
    created_at: Time
    expires_at: Time | None
