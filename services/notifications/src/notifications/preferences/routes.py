"""Preferences over HTTP."""

from common.http.conditional import IfMatch
from common.http.identity import AdminUser, CurrentUser
from common.http.routing import Router
from common.suppressed_addresses import SuppressedAddresses
from notifications.preferences import commands, queries
from notifications.preferences.schemas import PreferencesBody, PreferencesView, Segment


def routes(cache: queries.DefaultsCache, suppressed: SuppressedAddresses) -> Router:
    """The routes below /api/v1."""
    router = Router(prefix="/notifications/preferences", tags=["preferences"])

    @router.get("")
    async def get_preferences(user: CurrentUser) -> PreferencesView:
        """The caller's notification preferences, with the defaults of the organisation."""
        return await queries.get_own(user, suppressed)

    @router.put("")
    async def put_preferences(body: PreferencesBody, user: CurrentUser, if_match: IfMatch) -> PreferencesView:
        """Sets choices of the caller. Those that are left out keep their value; null follows the organisation's
        default."""
        return await commands.choose(user, body, suppressed, if_match=if_match)

    @router.get("/defaults/{segment}")
    async def get_defaults(segment: Segment, user: AdminUser) -> PreferencesView:
        """The organisation's defaults for customers, or for agents and admins."""
        return await queries.get_defaults(user, segment)

    @router.put("/defaults/{segment}")
    async def put_defaults(
        segment: Segment, body: PreferencesBody, user: AdminUser, if_match: IfMatch
    ) -> PreferencesView:
        """Sets defaults of the organisation for customers, or for agents and admins. Those that are left out keep their
        value; null follows the default of the product."""
        return await commands.choose_defaults(user, segment, body, cache, if_match=if_match)

    return router
