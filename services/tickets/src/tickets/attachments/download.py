"""Content as an answer."""

from common.http.streaming import Streamed
from tickets.attachments.document import Attachment
from tickets.attachments.names import content_disposition
from tickets.attachments.sniffing import served_as
from tickets.attachments.storage import Storage


async def download(attachment: Attachment, storage: Storage) -> Streamed:
    """A file, always to be saved and never to be shown or run in our name. Raises NotFound."""
    content = storage.read(attachment.id)
    answer = await Streamed.of(content, media_type=served_as(attachment.media_type))
    answer.headers.update(
        {
            "Content-Length": str(attachment.size),
            "Content-Disposition": content_disposition(attachment.name),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
    )
    return answer
