"""The response of a download."""

from common.http.streaming import StreamedResponse
from tickets.attachments.document import Attachment
from tickets.attachments.storage import Storage
from tickets.domain.file_names import content_disposition
from tickets.domain.sniffing import download_media_type


async def download(attachment: Attachment, storage: Storage) -> StreamedResponse:
    """The file as a download, which no browser shows or runs on the origin of the API. Raises NotFound."""
    content = storage.read(attachment.id)
    response = await StreamedResponse.of(content, media_type=download_media_type(attachment.media_type))
    response.headers.update(
        {
            "Content-Length": str(attachment.size),
            "Content-Disposition": content_disposition(attachment.name),
            "Content-Security-Policy": "default-src 'none'; sandbox; base-uri 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
        }
    )
    return response
