"""Unsubscribing over HTTP. The token authorises the request, without a login."""

from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from common.http.routing import Router
from notifications.unsubscribe import commands, page
from notifications.unsubscribe.links import UnsubscribeLinks

Token = Annotated[str, Query(max_length=1000, description="The token of an email's unsubscribe link.")]


def routes(links: UnsubscribeLinks) -> Router:
    """The routes below /api/v1."""
    router = Router(prefix="/notifications/unsubscribe", tags=["unsubscribe"], default_response_class=HTMLResponse)

    @router.get("")
    async def confirm_unsubscribe(token: Token) -> str:
        """A page that asks for confirmation. Changes nothing."""
        return page.confirmation(await commands.locale_of(links.read(token)))

    @router.post("")
    async def unsubscribe(token: Token) -> str:
        """Stops emails of this kind, in one click (RFC 8058 section 3.1). The request body is ignored."""
        return page.done(await commands.unsubscribe(links.read(token)))

    return router
