"""The live stream over HTTP."""

from typing import Annotated, Any

from fastapi import Header

from common.http.identity import CurrentUser, Reauthentication
from common.http.routing import Router
from common.http.state import CurrentAppState
from notifications.notification import queries
from notifications.stream import sse
from notifications.stream.registry import StreamRegistry
from notifications.stream.response import NotificationStream, StreamContext

LastEventId = Annotated[
    int | None,
    Header(ge=0, lt=2**63, description="The last position received. Without it, only new notifications are sent."),
]


def routes(registry: StreamRegistry, *, seconds: float) -> Router:
    """The routes below /api/v1. A stream ends after `seconds`."""
    router = Router(prefix="/notifications", tags=["notifications"])

    responses: dict[int | str, dict[str, Any]] = {
        200: {"content": {NotificationStream.media_type: {"schema": sse.EVENT_SCHEMA}}}
    }

    @router.get("/stream", response_class=NotificationStream, status_code=200, responses=responses)
    async def stream(
        user: CurrentUser, reauthenticate: Reauthentication, state: CurrentAppState, last_event_id: LastEventId = None
    ) -> NotificationStream:
        """The caller's notifications as they arrive (`text/event-stream`), each as an event `notification` whose `id`
        is its position. The first event, `start`, has the position after which they follow. Resumed with
        `Last-Event-ID`, the stream neither skips nor repeats one. When the server ends it, a last event `end` gives the
        reason."""
        newest = await queries.last_position(user)
        position = newest if last_event_id is None else min(last_event_id, newest)
        context = StreamContext(user, reauthenticate, registry, state.stopping, seconds)
        return NotificationStream(context, position)

    return router
