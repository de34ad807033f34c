"""Settings over HTTP."""

from fastapi import APIRouter, Response

from common.http.conditional import IfMatch, set_etag
from common.http.identity import AdminUser, StaffUser
from tickets.desk_settings import commands
from tickets.desk_settings.document import OrganisationSettings
from tickets.desk_settings.schemas import SettingsChoice, SettingsView


def routes() -> APIRouter:
    """Below /api/v1."""
    router = APIRouter(prefix="/settings", tags=["settings"])

    @router.get("")
    async def get_settings(user: StaffUser, response: Response) -> SettingsView:
        """How the organisation's tickets are looked after. Agents see it too: it decides what becomes of their work."""
        return _shown(await OrganisationSettings.of(user.organisation_id), response)

    @router.put("")
    async def put_settings(
        wanted: SettingsChoice, user: AdminUser, if_match: IfMatch, response: Response
    ) -> SettingsView:
        """Replaces all settings: what is left out goes back to its default. With If-Match, only the version the caller
        has seen. It counts from the next request, or the next look at due tickets, on every replica."""
        return _shown(await commands.replace(wanted.as_values(), user, if_match), response)

    return router


def _shown(settings: OrganisationSettings, response: Response) -> SettingsView:
    set_etag(response, settings.version)
    return SettingsView(version=settings.version, **settings.chosen.model_dump())
