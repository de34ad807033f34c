"""Request and response bodies of settings."""

from common.http.schemas import UpdateBody, View
from tickets.domain.desk_settings import DeskSettings


class SettingsUpdate(DeskSettings, UpdateBody):
    """Settings that are left out keep their value."""


class SettingsView(DeskSettings, View):
    """The current settings. `version` is 0 until they are changed."""

    version: int
