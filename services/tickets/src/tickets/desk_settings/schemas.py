"""What crosses the wire about settings."""

from common.http.schemas import Body, View
from tickets.desk_settings.values import DeskSettings


class SettingsChoice(DeskSettings, Body):
    """All settings. What is left out goes back to its default."""

    def as_values(self) -> DeskSettings:
        """As they are stored."""
        return DeskSettings(**self.model_dump())


class SettingsView(DeskSettings, View):
    """What counts now. `version` is 0 while nothing was chosen."""

    version: int
