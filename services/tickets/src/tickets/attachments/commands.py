"""What can be asked of attachments."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from common import clock
from common.errors import Conflict, PayloadTooLarge, Unprocessable
from common.events import PersonRef
from common.http.idempotency import IdempotencyKeyGuard
from common.mongo import ClientSession
from common.principal import Principal
from tickets.attachments.document import Attachment
from tickets.attachments.names import clean
from tickets.attachments.schemas import MAX_BYTES, MAX_PER_MESSAGE, MEGABYTE, AttachmentView, UploadedFile
from tickets.attachments.sniffing import HEAD_BYTES, UNKNOWN, media_type_by_name, media_type_of
from tickets.attachments.storage import Storage
from tickets.conversation.document import Message
from tickets.desk_settings.queries import settings_of
from tickets.desk_settings.values import DeskSettings
from tickets.ticket import queries as tickets

TO_ARRIVE = timedelta(hours=1)
"""How long an upload may take."""
TO_BE_GIVEN_UP = 2 * TO_ARRIVE
"""After which it is certain that nobody writes its content any more."""
TO_BE_POSTED = timedelta(hours=24)


@dataclass
class Arrival:
    """A file while it comes in: weighed, looked at, and refused as soon as it can be."""

    name: str
    content: AsyncIterator[bytes]
    settings: DeskSettings
    began_at: datetime = field(default_factory=clock.now)
    size: int = 0
    media_type: str = UNKNOWN
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    @property
    def file(self) -> UploadedFile:
        """What has come."""
        return UploadedFile(name=self.name, size=self.size, sha256=self._digest.hexdigest())

    async def checked(self) -> AsyncIterator[bytes]:
        """The content. Raises TooLarge, Unprocessable."""
        head: bytes | None = b""
        async for piece in self.content:
            self._weigh(piece)
            if head is None:
                yield piece
            elif len(head := head + piece) >= HEAD_BYTES:
                self._look_at(head)
                yield head
                head = None
        if self.size == 0:
            raise Unprocessable.field("file", "The file is empty.")
        if head is not None:
            self._look_at(head)
            yield head

    def _weigh(self, piece: bytes) -> None:
        self._digest.update(piece)
        self.size += len(piece)
        if self.size > MAX_BYTES:
            raise PayloadTooLarge(f"An attachment may have up to {MAX_BYTES // MEGABYTE} MB.")
        if clock.now() > self.began_at + TO_ARRIVE:
            raise Conflict("The upload took too long.", code="upload_too_slow")

    def _look_at(self, head: bytes) -> None:
        self.media_type = media_type_of(head[:HEAD_BYTES])
        for looks_like in (self.media_type, media_type_by_name(self.name)):
            if looks_like is not None and self.settings.refuses(looks_like):
                raise Unprocessable.field("file", f"Files of type {looks_like} are not accepted.")


@dataclass(frozen=True)
class AttachmentCommands:
    """Content is stored before its attachment is called complete, and is named by the attachment from the first byte
    on: whatever is broken off in between is found and removed when its time is over."""

    storage: Storage

    async def add(
        self, ticket_id: UUID, name: str, content: AsyncIterator[bytes], by: Principal, idempotent: IdempotencyKeyGuard
    ) -> AttachmentView:
        """Takes a file for a message yet to be written. Raises NotFound, Conflict, TooLarge, Unprocessable."""
        await tickets.get(ticket_id, by)
        await self._require_room(ticket_id, by)
        arrival = Arrival(clean(name), content, await settings_of(by.organisation_id))
        attachment = await self._expect(ticket_id, arrival, by)

        async def complete(session: ClientSession | None) -> AttachmentView:
            return AttachmentView.of(await self._complete(attachment, arrival, session))

        try:
            await self.storage.keep(attachment.id, arrival.checked())
            view = await idempotent.run(arrival.file, AttachmentView, complete, by=by.user_id)
        except Exception:
            await self.remove(attachment.id)
            raise
        if view.id != attachment.id:  # it was here before: this is the same request again
            await self.remove(attachment.id)
        return view

    async def remove(self, id_: UUID) -> None:
        """The content, then what names it."""
        await self.storage.remove(id_)
        await Attachment.get_pymongo_collection().delete_one({"_id": id_})

    @staticmethod
    async def _require_room(ticket_id: UUID, by: Principal) -> None:
        waiting = {"ticket_id": ticket_id, "uploader.id": by.user_id, "state": {"$in": ["arriving", "waiting"]}}
        if await Attachment.find(waiting).count() >= MAX_PER_MESSAGE:
            raise Conflict(
                f"{MAX_PER_MESSAGE} files of yours wait for a message: write it first.", code="too_many_attachments"
            )

    @staticmethod
    async def _expect(ticket_id: UUID, arrival: Arrival, by: Principal) -> Attachment:
        attachment = Attachment(
            organisation_id=by.organisation_id,
            ticket_id=ticket_id,
            uploader=PersonRef(id=by.user_id, name=by.name),
            name=arrival.name,
            media_type=arrival.media_type,
            size=0,
            state="arriving",
            created_at=arrival.began_at,
            expires_at=arrival.began_at + TO_BE_GIVEN_UP,
        )
        await attachment.insert()
        return attachment

    @staticmethod
    async def _complete(attachment: Attachment, arrival: Arrival, session: ClientSession | None) -> Attachment:
        here = {
            "state": "waiting",
            "media_type": arrival.media_type,
            "size": arrival.size,
            "expires_at": clock.now() + TO_BE_POSTED,
        }
        arrived = await Attachment.get_pymongo_collection().update_one(
            {"_id": attachment.id, "state": "arriving"}, {"$set": here}, session=session
        )
        if arrived.matched_count == 0:
            raise Conflict("The upload took too long.", code="upload_too_slow")
        completed: Attachment = attachment.model_copy(update=here)
        return completed


async def taken(ids: Sequence[UUID], ticket_id: UUID, by: Principal, session: ClientSession) -> list[Attachment]:
    """The caller's own files that wait on this ticket, in the order given. Raises Unprocessable."""
    if not ids:
        return []
    own = {"ticket_id": ticket_id, "uploader.id": by.user_id, "state": "waiting"}
    query = {"_id": {"$in": list(ids)}, "organisation_id": by.organisation_id, **own}
    found = {each.id: each for each in await Attachment.find(query, session=session).to_list()}
    if missing := [id_ for id_ in ids if id_ not in found]:
        raise Unprocessable.field("attachment_ids", f"No file of yours waits on this ticket as {missing[0]}.")
    return [found[id_] for id_ in ids]


async def post_with(message: Message, session: ClientSession) -> None:
    """Its files belong to it, and to its ticket, from now on."""
    ids = [each.id for each in message.attachments]
    if ids:
        posted = {"state": "posted", "message_id": message.id, "visibility": message.visibility, "expires_at": None}
        await Attachment.get_pymongo_collection().update_many(
            {"_id": {"$in": ids}}, {"$set": {**posted, "ticket_id": message.ticket_id}}, session=session
        )


async def let_go_with(message: Message, session: ClientSession) -> None:
    """Nobody sees its files from now on; their content is removed soon."""
    await Attachment.get_pymongo_collection().update_many(
        {"ticket_id": message.ticket_id, "message_id": message.id},
        {"$set": {"state": "leaving", "expires_at": clock.now()}},
        session=session,
    )
