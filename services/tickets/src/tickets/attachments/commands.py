"""Commands on attachments."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import SystemRandom
from uuid import UUID

from prometheus_client import Counter
from pymongo.errors import DuplicateKeyError

from common import clock
from common.errors import Conflict, FieldError, PayloadTooLarge, Unprocessable
from common.events import PersonRef
from common.events.tickets import Visibility
from common.http.idempotency import IdempotencyKeyGuard
from common.mongo import ClientSession
from common.principal import Principal
from tickets.attachments.document import Attachment
from tickets.attachments.schemas import MAX_BYTES, MAX_PER_MESSAGE, MEGABYTE, AttachmentView, UploadedFile
from tickets.attachments.storage import Storage
from tickets.attachments.upload import IncomingFile, UploadTooSlow
from tickets.desk_settings.queries import settings_of
from tickets.domain.attachment_types import (
    is_misnamed,
    type_of_name,
    usual_extension,
    with_content_extension,
    with_text_extension,
)
from tickets.domain.desk_settings import DeskSettings
from tickets.domain.file_names import DEFAULT_NAME, sanitize_file_name
from tickets.domain.sniffing import HEAD_BYTES, TEXT, UNKNOWN, sniff_media_type
from tickets.ticket.queries import require_visible

uploaded_bytes = Counter("helpdesk_uploaded_bytes_total", "Size of the uploaded files.")

UPLOAD_TIMEOUT = timedelta(minutes=15)
ABANDONED_AFTER = 2 * UPLOAD_TIMEOUT
"""No upload that began this long ago still writes content."""
PENDING_TTL = timedelta(hours=24)

SLOTS = range(MAX_PER_MESSAGE)
REPEAT_SLOTS = range(MAX_PER_MESSAGE, 2 * MAX_PER_MESSAGE)
"""Of uploads with an Idempotency-Key that was used: the first upload may still hold its own slot."""
_random = SystemRandom()


class MisnamedFile(Unprocessable):
    """The extension of the name says another type than the content has."""

    code = "misnamed_file"

    def __init__(self, name: str, content: str) -> None:
        extension = usual_extension(content)
        ending = f"ends in .{extension}" if extension else "fits its content"
        detail = (
            f"'{name}' contains {content}, which its name does not say. Check that it is the right file, then rename it"
            f" so that the name {ending}."
        )
        super().__init__(detail, errors=(FieldError("file", detail),))


@dataclass
class Upload:
    """A file while its content arrives. It is refused as soon as a rule is broken."""

    name: str
    content: AsyncIterator[bytes]
    settings: DeskSettings
    size: int = 0
    media_type: str = UNKNOWN
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def file(self) -> UploadedFile:
        return UploadedFile(name=self.name, size=self.size, sha256=self._digest.hexdigest())

    async def validated(self) -> AsyncIterator[bytes]:
        """The content. Raises PayloadTooLarge, Conflict, Unprocessable."""
        head: bytes | None = b""
        async for piece in self.content:
            self._measure(piece)
            if head is None:
                yield piece
            elif len(head := head + piece) >= HEAD_BYTES:
                self._sniff(head)
                yield head
                head = None
        if self.size == 0:
            raise Unprocessable.field("file", "The file is empty.")
        if head is not None:
            self._sniff(head)
            yield head

    def _measure(self, piece: bytes) -> None:
        self._digest.update(piece)
        self.size += len(piece)
        if self.size > MAX_BYTES:
            raise PayloadTooLarge(f"An attachment can have up to {MAX_BYTES // MEGABYTE} MB.")

    def _sniff(self, head: bytes) -> None:
        self.media_type = sniff_media_type(head[:HEAD_BYTES])
        is_text = self.media_type == TEXT
        opened_as = type_of_name(self.name, is_text=is_text) or self.media_type
        if not self.settings.accepts(opened_as):
            raise Unprocessable.field("file", _refusal(self.name, opened_as))
        if is_misnamed(self.name, self.media_type):
            raise MisnamedFile(self.name, self.media_type)
        if is_text and opened_as == TEXT:
            name = with_text_extension(self.name)
        else:
            name = with_content_extension(self.name, self.media_type)
        self.name = sanitize_file_name(name)  # with an extension it may be too long


def _refusal(name: str, media_type: str) -> str:
    what = "of an unknown kind" if media_type == UNKNOWN else f"of type {media_type}"
    return (
        f"'{name}' is a file {what}, which is not accepted here. Send a document, a picture, a text or a ZIP archive, "
        "or ask an administrator to accept this type."
    )


@dataclass(frozen=True)
class AttachmentCommands:
    """An attachment is stored before its content and removed after it: the sweep finds the content of every upload
    that was interrupted."""

    storage: Storage

    async def reserve(self, ticket_id: UUID, by: Principal, idempotent: IdempotencyKeyGuard) -> Attachment:
        """Takes one of the caller's slots in the ticket, before anything of the file is known. Raises NotFound,
        Conflict."""
        await require_visible(ticket_id, by)
        is_repeated = await idempotent.is_repeated(by=by.user_id)
        slots = REPEAT_SLOTS if is_repeated else SLOTS
        unattached = {"ticket_id": ticket_id, "uploader.id": by.user_id, "slot": {"$type": "int"}}
        for _ in slots:
            taken = {each.slot for each in await Attachment.find(unattached).to_list()}
            free = set(slots) - taken
            if not free:
                break
            with suppress(DuplicateKeyError):  # another upload was faster
                return await self._insert(ticket_id, _random.choice(sorted(free)), by)
        if is_repeated:
            raise Conflict(
                f"{MAX_PER_MESSAGE} of your repeated uploads to this ticket are in progress. Wait for one to end.",
                code="too_many_attachments",
            )
        raise Conflict(
            f"{MAX_PER_MESSAGE} of your files are not attached to a message yet. Post the message first.",
            code="too_many_attachments",
        )

    async def store(
        self,
        attachment: Attachment,
        receive: Callable[[], Awaitable[IncomingFile]],
        by: Principal,
        idempotent: IdempotencyKeyGuard,
    ) -> AttachmentView:
        """Stores the file that `receive` begins to read, for a later message. Gives the slot back where it fails.
        Raises Conflict, PayloadTooLarge, Unprocessable, and what `receive` raises."""
        try:
            incoming = await receive()
            settings = await settings_of(by.organisation_id)
            upload = Upload(sanitize_file_name(incoming.name), incoming.content, settings)
            await self.storage.write(attachment.id, upload.validated())
            view = await idempotent.run(
                upload.file, AttachmentView, partial(self._complete, attachment, upload), by=by.user_id
            )
        except Exception:
            await self.remove(attachment.id)
            raise
        if view.id != attachment.id:  # a repeated request: the first upload is kept
            await self.remove(attachment.id)
        uploaded_bytes.inc(upload.size)
        return view

    async def remove(self, id_: UUID) -> None:
        """Removes the content, then the attachment."""
        await self.storage.remove(id_)
        await Attachment.get_pymongo_collection().delete_one({"_id": id_})

    @staticmethod
    async def _insert(ticket_id: UUID, slot: int, by: Principal) -> Attachment:
        now = clock.now()
        attachment = Attachment(
            organisation_id=by.organisation_id,
            ticket_id=ticket_id,
            uploader=PersonRef(id=by.user_id, name=by.name),
            name=DEFAULT_NAME,
            media_type=UNKNOWN,
            size=0,
            state="uploading",
            slot=slot,
            created_at=now,
            expires_at=now + ABANDONED_AFTER,
        )
        await attachment.insert()
        return attachment

    @staticmethod
    async def _complete(attachment: Attachment, upload: Upload, session: ClientSession | None) -> Attachment:
        pending = {
            "state": "pending",
            "name": upload.name,
            "media_type": upload.media_type,
            "size": upload.size,
            "expires_at": clock.now() + PENDING_TTL,
        }
        result = await Attachment.get_pymongo_collection().update_one(
            {"_id": attachment.id, "state": "uploading"}, {"$set": pending}, session=session
        )
        if result.matched_count == 0:
            raise UploadTooSlow
        completed: Attachment = attachment.model_copy(update=pending)
        return completed


async def require_pending(
    ids: Sequence[UUID], ticket_id: UUID, by: Principal, session: ClientSession
) -> list[Attachment]:
    """The caller's own pending files of the ticket, in the order given. Raises Unprocessable."""
    if not ids:
        return []
    own = {"ticket_id": ticket_id, "uploader.id": by.user_id, "state": "pending"}
    query = {"_id": {"$in": list(ids)}, "organisation_id": by.organisation_id, **own}
    found = {each.id: each for each in await Attachment.find(query, session=session).to_list()}
    if missing := [id_ for id_ in ids if id_ not in found]:
        raise Unprocessable.field("attachment_ids", f"You have no pending file {missing[0]} on this ticket.")
    return [found[id_] for id_ in ids]


async def attach(
    files: Sequence[Attachment], ticket_id: UUID, message_id: UUID, visibility: Visibility, session: ClientSession
) -> None:
    """Attaches pending files to a message of a ticket."""
    if files:
        attached = {
            "state": "attached",
            "slot": None,
            "message_id": message_id,
            "visibility": visibility,
            "expires_at": None,
        }
        await Attachment.get_pymongo_collection().update_many(
            {"_id": {"$in": [each.id for each in files]}},
            {"$set": {**attached, "ticket_id": ticket_id}},
            session=session,
        )


async def delete_of_message(ticket_id: UUID, message_id: UUID, session: ClientSession) -> None:
    """Hides the files of a message. The sweep removes their content."""
    await Attachment.get_pymongo_collection().update_many(
        {"ticket_id": ticket_id, "message_id": message_id},
        {"$set": {"state": "deleting", "expires_at": clock.now()}},
        session=session,
    )
