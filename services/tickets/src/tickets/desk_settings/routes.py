"""Settings over HTTP."""

from common.http.conditional import IfMatch
from common.http.identity import AdminUser, StaffUser
from common.http.routing import Router
from tickets.desk_settings import commands
from tickets.desk_settings.document import OrganisationSettings
from tickets.desk_settings.schemas import SettingsChoice, SettingsView


def routes() -> Router:
    """Below /api/v1."""
    router = Router(prefix="/settings", tags=["settings"])

    @router.get("")
    async def get_settings(user: StaffUser) -> SettingsView:
        """How the organisation's tickets are looked after. Agents see it too: it decides what becomes of their work."""
        return _shown(await OrganisationSettings.of(user.organisation_id))

    @router.put("")
    async def put_settings(wanted: SettingsChoice, user: AdminUser, if_match: IfMatch) -> SettingsView:
        """Replaces all settings: what is left out goes back to its default. With If-Match, only the version the caller
        has seen. It counts from the next request, or the next look at due tickets, on every replica."""
        return _shown(await commands.replace(wanted.as_values(), user, if_match))

    return router


def _shown(settings: OrganisationSettings) -> SettingsView:
    return SettingsView(version=settings.version, **settings.chosen.model_dump())
