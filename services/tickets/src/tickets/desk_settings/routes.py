"""Settings over HTTP."""

from common.http.conditional import IfMatch
from common.http.identity import AdminUser, StaffUser
from common.http.routing import Router
from tickets.desk_settings.document import StoredSettings
from tickets.desk_settings.schemas import SettingsUpdate, SettingsView


def routes() -> Router:
    router = Router(prefix="/settings", tags=["settings"])

    @router.get("")
    async def get_settings(user: StaffUser) -> SettingsView:
        """Returns the settings of the organisation's desk. Agents see them too."""
        return _view(await StoredSettings.load(user.organisation_id, user))

    @router.put("")
    async def put_settings(body: SettingsUpdate, user: AdminUser, if_match: IfMatch) -> SettingsView:
        """Changes the settings. A setting that is left out keeps its value. The change applies to the next request, and
        to the next check of deadlines, on every replica."""
        changes = body.model_dump()
        settings = await StoredSettings.modify(
            user.organisation_id, user, lambda settings: settings.change(changes, user.actor), expected=if_match
        )
        return _view(settings)

    return router


def _view(settings: StoredSettings) -> SettingsView:
    return SettingsView(version=settings.version, **settings.values.model_dump())
