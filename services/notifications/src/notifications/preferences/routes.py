"""Preferences over HTTP."""

from common.http.conditional import IfMatch
from common.http.identity import AdminUser, CurrentUser
from common.http.routing import Router
from notifications.preferences import commands, queries
from notifications.preferences.schemas import Party, PreferencesBody, PreferencesView


def routes(known: queries.KnownDefaults) -> Router:
    """Below /api/v1. `known` is what this process remembers of defaults."""
    router = Router(prefix="/notifications/preferences", tags=["preferences"])

    @router.get("")
    async def get_preferences(user: CurrentUser) -> PreferencesView:
        """What the caller is told, and where: everything that can be chosen, with what holds."""
        return await queries.own(user)

    @router.put("")
    async def put_preferences(body: PreferencesBody, user: CurrentUser, if_match: IfMatch) -> PreferencesView:
        """Makes these the caller's choices; everything else is as the organisation has it."""
        return await commands.choose(user, body, if_match=if_match)

    @router.get("/defaults/{party}")
    async def get_defaults(party: Party, user: AdminUser) -> PreferencesView:
        """What holds for customers, or for agents and admins, who chose nothing themselves."""
        return await queries.defaults(user, party)

    @router.put("/defaults/{party}")
    async def put_defaults(party: Party, body: PreferencesBody, user: AdminUser, if_match: IfMatch) -> PreferencesView:
        """Makes these the organisation's defaults for them; everything else is as usual."""
        return await commands.choose_defaults(user, party, body, known, if_match=if_match)

    return router
