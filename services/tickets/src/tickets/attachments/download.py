"""Content as an answer."""

from common.http.streaming import StreamedResponse
from tickets.attachments.document import Attachment
from tickets.attachments.names import content_disposition
from tickets.attachments.sniffing import served_as
from tickets.attachments.storage import Storage


async def download(attachment: Attachment, storage: Storage) -> StreamedResponse:
    """A file, always to be saved and never to be shown or run in our name. Raises NotFound."""
    content = storage.read(attachment.id)
    answer = await StreamedResponse.of(content, media_type=served_as(attachment.media_type))
    answer.headers.update(
        {
            "Content-Length": str(attachment.size),
            "Content-Disposition": content_disposition(attachment.name),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
    )
    return answer
