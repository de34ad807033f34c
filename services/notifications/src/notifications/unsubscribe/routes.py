"""Unsubscribing over HTTP. The token authorises the request, without a login."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from common.http.response_headers import HTML_FORM_POLICY
from common.http.routing import Router
from notifications.person.document import Person
from notifications.unsubscribe import page
from notifications.unsubscribe.links import UnsubscribeLinks


class _Page(HTMLResponse):
    """A page with one form."""

    def init_headers(self, headers: Mapping[str, str] | None = None) -> None:
        super().init_headers({"Content-Security-Policy": HTML_FORM_POLICY, **(headers or {})})


Token = Annotated[str, Query(max_length=1000, description="The token of an email's unsubscribe link.")]


def routes(links: UnsubscribeLinks) -> Router:
    """The routes below /api/v1."""
    router = Router(prefix="/notifications/unsubscribe", tags=["unsubscribe"], default_response_class=_Page)

    @router.get("")
    @router.head("", include_in_schema=False)  # some mail programs ask for the headers first
    async def confirm_unsubscribe(token: Token) -> str:
        """A page that asks for confirmation. Changes nothing."""
        link = links.read(token)
        person = await Person.load(link.person_id, link.organisation_id)
        return page.confirmation(person.locale)

    @router.post("")
    async def unsubscribe(token: Token) -> str:
        """Stops emails of this kind, in one click (RFC 8058 section 3.1). The request body is ignored."""
        link = links.read(token)
        person = await Person.modify(
            link.person_id, link.organisation_id, lambda each: each.switch_off_email(link.kind)
        )
        return page.done(person.locale)

    return router
