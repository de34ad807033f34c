"""The live stream over HTTP."""

from typing import Annotated, Any

from fastapi import Header

from common.http.identity import CurrentUser, Reauthentication
from common.http.routing import Router
from common.http.state import CurrentAppState
from notifications.notification import queries
from notifications.stream import sse
from notifications.stream.readers import Readers
from notifications.stream.response import NotificationStream, Reader

LastEventId = Annotated[
    int | None, Header(ge=0, lt=2**63, description="The position read up to; without it, only what comes from now on.")
]


def routes(readers: Readers, *, seconds: float) -> Router:
    """Below /api/v1. A stream ends after `seconds`."""
    router = Router(prefix="/notifications", tags=["notifications"])

    described: dict[int | str, dict[str, Any]] = {
        200: {"content": {NotificationStream.media_type: {"schema": sse.DESCRIBED}}}
    }

    @router.get("/stream", response_class=NotificationStream, status_code=200, responses=described)
    async def stream(
        user: CurrentUser, still_trusted: Reauthentication, state: CurrentAppState, last_event_id: LastEventId = None
    ) -> NotificationStream:
        """The caller's notifications as they come (`text/event-stream`), each as an event `notification` whose `id` is
        its position. Resumed with `Last-Event-ID`, it misses and repeats nothing. Before it ends by itself it says why
        in an event `end`."""
        newest = await queries.last_position(user)
        position = newest if last_event_id is None else min(last_event_id, newest)
        reader = Reader(user, still_trusted, readers, state.stopping, seconds)
        return NotificationStream(reader, position)

    return router
