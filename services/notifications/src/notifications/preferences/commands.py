"""Changes of preferences and defaults."""

from collections.abc import Collection

from common.errors import FieldError, Unprocessable
from common.events import Role
from common.principal import Principal
from common.suppressed_addresses import SuppressedAddresses
from notifications.person import queries as people
from notifications.person.document import Person
from notifications.policy import SEGMENT_ROLES, ChangedChoices, PreferenceKey, Segment, offered
from notifications.preferences import queries
from notifications.preferences.document import Defaults
from notifications.preferences.queries import DefaultsCache
from notifications.preferences.schemas import PreferencesBody, PreferencesView


async def choose(
    user: Principal, body: PreferencesBody, suppressed: SuppressedAddresses, *, if_match: int | None
) -> PreferencesView:
    """Sets choices of the caller. Raises Unprocessable, PreconditionFailed, Unavailable."""
    caller = await people.get_caller(user)
    choices = _choices(body, {caller.role})
    await Person.modify(user.user_id, user, lambda person: person.choose(choices), expected=if_match)
    return await queries.get_own(user, suppressed)


async def choose_defaults(
    user: Principal, segment: Segment, body: PreferencesBody, cache: DefaultsCache, *, if_match: int | None
) -> PreferencesView:
    """Sets defaults of the caller's organisation. Raises Unprocessable, PreconditionFailed."""
    choices = _choices(body, SEGMENT_ROLES[segment])
    initial = Defaults.initial(user.organisation_id, segment)
    await Defaults.modify(
        initial.id,
        user,
        lambda defaults: defaults.choose(choices, user.actor),
        expected=if_match,
        initial=lambda: Defaults.initial(user.organisation_id, segment),
    )
    cache.evict(user.organisation_id)
    return await queries.get_defaults(user, segment)


def _choices(body: PreferencesBody, roles: Collection[Role]) -> ChangedChoices:
    keys = [PreferenceKey(each.kind, each.scope, each.channel) for each in body.choices]
    available = offered(roles)
    errors = [
        FieldError(f"choices.{position}", f"{'.'.join(key)} is not among the available preferences.")
        for position, key in enumerate(keys)
        if key not in available
    ]
    if len(set(keys)) != len(keys):
        errors.append(FieldError("choices", "Each preference can be given only once."))
    if errors:
        raise Unprocessable("Some of these preferences cannot be chosen.", errors=tuple(errors))
    return dict(zip(keys, (each.when for each in body.choices), strict=True))
