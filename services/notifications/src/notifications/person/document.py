"""A person as stored here: what auth says of them, and what they chose to hear."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import BaseModel
from pymongo import ASCENDING, IndexModel

from common.events import Actor, FieldChange, Role
from common.events.auth import Locale
from common.events.notifications import Kind, PreferencesUpdated
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from notifications.policy import Channel, Choices, Key, Scope, When


class Choice(BaseModel):
    """One thing somebody chose."""

    kind: Kind
    scope: Scope
    channel: Channel
    when: When


def stored(choices: Choices) -> list[Choice]:
    """As documents keep them."""
    return [Choice(**key._asdict(), when=when) for key, when in sorted(choices.items())]


def chosen(choices: list[Choice]) -> dict[Key, When]:
    """As the policy reads them."""
    return {Key(each.kind, each.scope, each.channel): each.when for each in choices}


def changes_between(before: Choices, after: Choices) -> dict[str, FieldChange]:
    """What became of each choice, by kind, scope and channel."""
    return {
        ".".join(key): FieldChange(before=before.get(key), after=after.get(key))
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    }


class Person(Aggregate):
    """`heard` is the sequence of auth's newest event about them. `wants` are the kinds that they want to hear of other
    tickets than their own, so that who wants nothing of the sort need not be looked at."""

    email: str
    name: str
    role: Role
    locale: Locale
    active: bool
    heard: int
    choices: list[Choice] = []
    wants: list[Kind] = []

    class Settings(Aggregate.Settings):
        name = "people"
        indexes = [
            IndexModel([("organisation_id", ASCENDING), ("role", ASCENDING), ("wants", ASCENDING)]),
            OUTBOX_INDEX,
        ]

    def choose(self, choices: Choices) -> Self:
        """From now on just these; what is not among them is as the organisation has it."""
        if changes := changes_between(chosen(self.choices), choices):
            self.choices = stored(choices)
            beyond_own = {key.kind for key, when in choices.items() if key.scope != Scope.MINE and when != "never"}
            self.wants = sorted(beyond_own)
            self.record(PreferencesUpdated(changes=changes), self.as_actor())
        return self

    def switch_off_mail(self, kind: Kind, offered: Mapping[Key, When]) -> Self:
        """No more mails of that kind, of whatever tickets."""
        off: dict[Key, When] = {key: "never" for key in offered if key.kind == kind and key.channel == Channel.EMAIL}
        return self.choose({**chosen(self.choices), **off})

    def as_actor(self) -> Actor:
        """As the one who did something."""
        return Actor(id=self.id, name=self.name, role=self.role)


def blank() -> dict[str, Any]:
    """What a person has of their own when first heard of."""
    return {"version": 1, "sequence": 0, "last_event_at": None, "choices": [], "wants": [], "outbox": []}
