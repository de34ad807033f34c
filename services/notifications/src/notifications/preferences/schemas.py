"""What crosses the wire about preferences."""

from pydantic import BaseModel, Field

from common.events.notifications import Kind
from common.http.schemas import Body, View
from notifications.policy import Channel, Party, Scope, When

__all__ = ["ChoiceBody", "Party", "PreferenceView", "PreferencesBody", "PreferencesView"]


class PreferenceView(BaseModel):
    """Whether somebody hears of that kind there. `when` is what holds, `default` what would hold without a choice of
    their own, and `chosen` whether they made one."""

    kind: Kind
    scope: Scope
    channel: Channel
    when: When
    default: When
    chosen: bool


class PreferencesView(View):
    """Everything that can be chosen. Kinds that nobody can switch off are not among it."""

    items: list[PreferenceView]


class ChoiceBody(Body):
    """One choice."""

    kind: Kind
    scope: Scope
    channel: Channel
    when: When


class PreferencesBody(Body):
    """All choices; what is not among them is as the default has it."""

    choices: list[ChoiceBody] = Field(max_length=500)
