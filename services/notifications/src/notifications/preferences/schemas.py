"""Bodies and views of preferences."""

from pydantic import BaseModel, Field

from common.audiences import Channel, Scope
from common.http.schemas import Body, View
from common.notification_kinds import KindName
from notifications.policy import Segment, When

__all__ = ["ChoiceBody", "PreferenceView", "PreferencesBody", "PreferencesView", "Segment"]


class PreferenceView(BaseModel):
    """Whether a person is notified of a kind in a channel. `when` is in force, `default` applies without an own choice,
    and `chosen` says whether there is one."""

    kind: KindName
    scope: Scope
    channel: Channel
    when: When
    default: When
    chosen: bool


class PreferencesView(View):
    """Everything that can be chosen. Mandatory kinds are not included. `email_suppression` says why emails to
    the caller's address are not delivered: `permanent_failure` if there is no such mailbox, `manual` if an admin
    suppressed it."""

    items: list[PreferenceView]
    email_suppression: str | None = None


class ChoiceBody(Body):
    """One choice. With `when` null, what was chosen before is removed and the default applies again."""

    kind: KindName
    scope: Scope
    channel: Channel
    when: When | None


class PreferencesBody(Body):
    """The choices to set. Every other choice stays as it is."""

    choices: list[ChoiceBody] = Field(max_length=500)
