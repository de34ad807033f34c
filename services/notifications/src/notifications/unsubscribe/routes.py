"""The two ways a mail's unsubscribe link is used. Neither needs a log-in: the token in it is enough."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from common.http.routing import Router
from notifications.unsubscribe import commands, page
from notifications.unsubscribe.links import UnsubscribeLinks

Token = Annotated[str, Query(max_length=1000, description="From the link in a mail.")]


def routes(links: UnsubscribeLinks) -> Router:
    """Below /api/v1."""
    router = Router(prefix="/notifications/unsubscribe", tags=["unsubscribe"], default_response_class=HTMLResponse)

    @router.get("")
    async def ask_to_unsubscribe(token: Token) -> str:
        """Asks the person who opened the link; changes nothing."""
        return page.question(await commands.language_of(links.read(token)))

    @router.post("")
    async def unsubscribe(token: Token) -> str:
        """Stops mails of this kind, in one click (RFC 8058 section 3.1). The body is not looked at."""
        return page.done(await commands.switch_off(links.read(token)))

    return router
