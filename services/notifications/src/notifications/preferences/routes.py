"""Preferences over HTTP."""

from fastapi import APIRouter, Response

from common.http.conditional import IfMatch, set_etag
from common.http.identity import AdminUser, CurrentUser
from notifications.preferences import commands, queries
from notifications.preferences.schemas import Party, PreferencesBody, PreferencesView


def routes(known: queries.KnownDefaults) -> APIRouter:
    """Below /api/v1. `known` is what this process remembers of defaults."""
    router = APIRouter(prefix="/notifications/preferences", tags=["preferences"])

    @router.get("")
    async def get_preferences(user: CurrentUser, response: Response) -> PreferencesView:
        """What the caller is told, and where: everything that can be chosen, with what holds."""
        view, version = await queries.own(user)
        set_etag(response, version)
        return view

    @router.put("")
    async def put_preferences(
        body: PreferencesBody, user: CurrentUser, response: Response, if_match: IfMatch
    ) -> PreferencesView:
        """Makes these the caller's choices; everything else is as the organisation has it."""
        view, version = await commands.choose(user, body, if_match=if_match)
        set_etag(response, version)
        return view

    @router.get("/defaults/{party}")
    async def get_defaults(party: Party, user: AdminUser, response: Response) -> PreferencesView:
        """What holds for customers, or for agents and admins, who chose nothing themselves."""
        view, version = await queries.defaults(user, party)
        set_etag(response, version)
        return view

    @router.put("/defaults/{party}")
    async def put_defaults(
        party: Party, body: PreferencesBody, user: AdminUser, response: Response, if_match: IfMatch
    ) -> PreferencesView:
        """Makes these the organisation's defaults for them; everything else is as usual."""
        view, version = await commands.choose_defaults(user, party, body, known, if_match=if_match)
        set_etag(response, version)
        return view

    return router
