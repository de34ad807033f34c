"""Reads of preferences and defaults."""

import time
from collections.abc import Collection, Mapping
from uuid import UUID

from common.events import Role
from common.principal import Principal
from common.suppressed_addresses import SuppressedAddresses
from notifications import policy
from notifications.person import queries as people
from notifications.person.document import read_choices
from notifications.policy import SEGMENT_ROLES, Choices, Segment, offered, segment_of
from notifications.preferences.document import Defaults
from notifications.preferences.schemas import PreferencesView, PreferenceView

CACHE_SECONDS = 2.0
_CACHED_ORGANISATIONS = 1000


class DefaultsCache:
    """The defaults of each organisation, kept in memory for a moment. Stale defaults reveal nothing: they only choose
    among the people who may be notified."""

    def __init__(self) -> None:
        self._cached: dict[UUID, tuple[float, Mapping[Segment, Choices]]] = {}

    async def of(self, organisation_id: UUID) -> Mapping[Segment, Choices]:
        """At most CACHE_SECONDS old."""
        read_at, defaults = self._cached.get(organisation_id, (float("-inf"), {}))
        if time.monotonic() - read_at > CACHE_SECONDS:
            found = Defaults.find({"organisation_id": organisation_id})
            defaults = {each.segment: read_choices(each.choices) async for each in found}
            if of_desk := await _defaults_of_desk(organisation_id, "staff"):
                defaults["staff"] = {**of_desk, **defaults.get("staff", {})}
            self.evict(organisation_id)
            if len(self._cached) >= _CACHED_ORGANISATIONS:
                del self._cached[next(iter(self._cached))]
            self._cached[organisation_id] = time.monotonic(), defaults
        return defaults

    def evict(self, organisation_id: UUID) -> None:
        """To be called after a change."""
        self._cached.pop(organisation_id, None)


async def get_own(user: Principal, suppressed: SuppressedAddresses) -> PreferencesView:
    """The caller's preferences. The version is that of their own choices."""
    person = await people.get_caller(user)
    _, defaults = await _find_defaults(user, segment_of(person.role))
    view = _view({person.role}, read_choices(person.choices), defaults)
    view.email_suppression = await suppressed.cause_of(user.organisation_id, person.email)
    return view.with_version(person.version)


async def get_defaults(user: Principal, segment: Segment) -> PreferencesView:
    """The defaults of the caller's organisation; version 0 until an admin changes them."""
    stored, defaults = await _find_defaults(user, segment)
    return _view(SEGMENT_ROLES[segment], {}, defaults).with_version(stored.version)


async def _find_defaults(user: Principal, segment: Segment) -> tuple[Defaults, Choices]:
    """Those stored, and those in force."""
    initial = Defaults.initial(user.organisation_id, segment)
    stored = await Defaults.find_one({"_id": initial.id, **Defaults.visible_to(user)}) or initial
    of_desk = await _defaults_of_desk(user.organisation_id, segment)
    return stored, {**of_desk, **read_choices(stored.choices)}


async def _defaults_of_desk(organisation_id: UUID, segment: Segment) -> Choices:
    if segment != "staff":
        return {}
    return policy.defaults_of_desk(await people.count_staff(organisation_id, limit=policy.SMALL_DESK + 1))


def _view(roles: Collection[Role], own: Choices, defaults: Choices) -> PreferencesView:
    return PreferencesView(
        items=[
            PreferenceView(
                **key._asdict(),
                when=own.get(key) or defaults.get(key) or standard,
                default=defaults.get(key) or standard,
                chosen=key in own,
            )
            for key, standard in offered(roles).items()
        ]
    )
