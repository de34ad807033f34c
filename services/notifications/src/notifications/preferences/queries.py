"""What was chosen, and what holds."""

import time
from collections.abc import Mapping
from uuid import UUID

from common.principal import Principal
from notifications.person import queries as people
from notifications.person.document import chosen
from notifications.policy import Choices, Party, offered, party_of
from notifications.preferences.document import Defaults
from notifications.preferences.schemas import PreferencesView, PreferenceView

KEPT_SECONDS = 2.0
_REMEMBERED = 1000


class KnownDefaults:
    """Those of each organisation, kept in memory for a moment. They choose among those who may be told anyway, so that
    an old one tells nobody what is not for them."""

    def __init__(self) -> None:
        self._known: dict[UUID, tuple[float, Mapping[Party, Choices]]] = {}

    async def of(self, organisation_id: UUID) -> Mapping[Party, Choices]:
        """At most KEPT_SECONDS old."""
        read_at, known = self._known.get(organisation_id, (float("-inf"), {}))
        if time.monotonic() - read_at > KEPT_SECONDS:
            found = Defaults.find({"organisation_id": organisation_id})
            known = {each.party: chosen(each.choices) async for each in found}
            self.forget(organisation_id)
            if len(self._known) >= _REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[organisation_id] = time.monotonic(), known
        return known

    def forget(self, organisation_id: UUID) -> None:
        """They were changed here."""
        self._known.pop(organisation_id, None)


async def own(user: Principal) -> PreferencesView:
    """What holds for the caller, and the version of their choices."""
    person = await people.caller(user)
    party = party_of(person.role)
    usual = await defaults_of(user, party)
    return shown(party, chosen(person.choices), chosen(usual.choices)).with_version(person.version)


async def defaults(user: Principal, party: Party) -> PreferencesView:
    """What holds for those of the caller's organisation who did not choose, and its version."""
    found = await defaults_of(user, party)
    return shown(party, {}, chosen(found.choices)).with_version(found.version)


async def defaults_of(user: Principal, party: Party) -> Defaults:
    """Those of the caller's organisation; version 0 where an admin never chose."""
    none_yet = Defaults.none_yet(user.organisation_id, party)
    found = await Defaults.find_one({"_id": none_yet.id, "organisation_id": user.organisation_id})
    return found or none_yet


def shown(party: Party, own_choices: Choices, default_choices: Choices) -> PreferencesView:
    """Everything that can be chosen, with what holds."""
    return PreferencesView(
        items=[
            PreferenceView(
                **key._asdict(),
                when=own_choices.get(key) or default_choices.get(key) or usual,
                default=default_choices.get(key) or usual,
                chosen=key in own_choices,
            )
            for key, usual in offered(party).items()
        ]
    )
