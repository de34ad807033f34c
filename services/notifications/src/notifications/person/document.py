"""A person as stored here: the copy of auth's data, and their preferences."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from pymongo import ASCENDING, IndexModel

from common.audiences import Channel, Scope
from common.events import Actor, FieldChange, Role, changed_fields
from common.events.auth import Locale
from common.events.notifications import PreferencesUpdated
from common.notification_kinds import KINDS
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from notifications.policy import ChangedChoices, Choices, PreferenceKey, When, merge_choices, offered

StoredChoice = dict[str, str]
"""`kind`, `scope`, `channel` and `when`. A newer version may have stored words that this one does not know."""

_KNOWN: Mapping[str, frozenset[str]] = {
    "kind": frozenset(KINDS),
    "scope": frozenset(Scope),
    "channel": frozenset(Channel),
    "when": frozenset(get_args(When)),
}


def read_choices(stored: Iterable[StoredChoice]) -> dict[PreferenceKey, When]:
    """The choices that this version knows."""
    return {
        PreferenceKey(each["kind"], Scope(each["scope"]), Channel(each["channel"])): each["when"]  # type: ignore[misc]  # a known When
        for each in stored
        if _is_known(each)
    }


def stored_choices(choices: Choices, before: Iterable[StoredChoice]) -> list[StoredChoice]:
    """`choices`, beside those of `before` that only a newer version knows."""
    unknown = [each for each in before if not _is_known(each)]
    return [*unknown, *({**key._asdict(), "when": when} for key, when in sorted(choices.items()))]


def changes_between(before: Choices, after: Choices) -> dict[str, FieldChange]:
    """The changed choices, by kind, scope and channel."""
    keys = sorted(before.keys() | after.keys())
    return changed_fields(*({".".join(key): choices.get(key) for key in keys} for choices in (before, after)))


def _is_known(choice: StoredChoice) -> bool:
    return all(choice[name] in words for name, words in _KNOWN.items())


class Person(Aggregate):
    """`source_sequence` is the sequence of auth's newest event about the person. `subscribed_kinds` are the kinds they
    chose for tickets in which they are not involved, so that nobody else needs to be loaded for these."""

    email: str
    name: str
    role: Role
    locale: Locale
    active: bool
    email_verified: bool
    source_sequence: int
    choices: list[StoredChoice] = []
    subscribed_kinds: list[str] = []

    class Settings(Aggregate.Settings):
        name = "people"
        indexes = [
            IndexModel([("organisation_id", ASCENDING), ("role", ASCENDING), ("subscribed_kinds", ASCENDING)]),
            OUTBOX_INDEX,
        ]

    def choose(self, changed: ChangedChoices) -> None:
        """What is not chosen follows the organisation's defaults."""
        before = read_choices(self.choices)
        choices = merge_choices(before, changed)
        if changes := changes_between(before, choices):
            self.choices = stored_choices(choices, self.choices)
            subscriptions = {key.kind for key, when in choices.items() if key.scope != Scope.MINE and when != "never"}
            self.subscribed_kinds = sorted(subscriptions)
            self.record(PreferencesUpdated(changes=changes), Actor(id=self.id, name=self.name, role=self.role))

    def switch_off_email(self, kind: str) -> None:
        """No more emails of that kind, about any ticket."""
        keys = [key for key in offered({self.role}) if key.kind == kind and key.channel == Channel.EMAIL]
        self.choose(dict.fromkeys(keys, "never"))


def initial_fields() -> dict[str, Any]:
    """The fields of a new person that do not come from auth."""
    return {"version": 1, "sequence": 0, "last_event_at": None, "choices": [], "subscribed_kinds": [], "outbox": []}
