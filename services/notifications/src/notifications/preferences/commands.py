"""Choosing what to be told."""

from pymongo.errors import DuplicateKeyError

from common.errors import FieldError, Unprocessable, VersionConflict
from common.outbox import retry_on_conflict
from common.principal import Principal
from notifications.person import queries as people
from notifications.person.document import chosen
from notifications.policy import Choices, Key, Party, offered, party_of
from notifications.preferences.queries import KnownDefaults, defaults_of, shown
from notifications.preferences.schemas import PreferencesBody, PreferencesView


async def choose(user: Principal, body: PreferencesBody, *, if_match: int | None) -> PreferencesView:
    """The caller's own choices are just these from now on. Raises Unprocessable, Stale, Unavailable."""

    async def once() -> PreferencesView:
        person = await people.caller(user)
        person.require_version(if_match)
        party = party_of(person.role)
        person.choose(_read(body, party))
        await person.commit()
        defaults = await defaults_of(user, party)
        return shown(party, chosen(person.choices), chosen(defaults.choices)).with_version(person.version)

    return await retry_on_conflict(once)


async def choose_defaults(
    user: Principal, party: Party, body: PreferencesBody, known: KnownDefaults, *, if_match: int | None
) -> PreferencesView:
    """What holds for all of the caller's organisation who choose nothing else. Raises Unprocessable, Stale."""

    async def once() -> PreferencesView:
        defaults = await defaults_of(user, party)
        defaults.require_version(if_match)
        defaults.choose(_read(body, party), user.actor)
        try:
            await defaults.commit()
        except DuplicateKeyError:
            raise VersionConflict(
                "Another admin chose at the same moment: read it again and repeat your change."
            ) from None
        known.forget(user.organisation_id)
        return shown(party, {}, chosen(defaults.choices)).with_version(defaults.version)

    return await retry_on_conflict(once)


def _read(body: PreferencesBody, party: Party) -> Choices:
    keys = [Key(each.kind, each.scope, each.channel) for each in body.choices]
    can_choose = offered(party)
    wrong = [
        FieldError(f"choices.{position}", f"{'.'.join(key)} is nothing that {party} can choose.")
        for position, key in enumerate(keys)
        if key not in can_choose
    ]
    if len(set(keys)) != len(keys):
        wrong.append(FieldError("choices", "Each choice can be made once."))
    if wrong:
        raise Unprocessable("Not all of these can be chosen.", errors=tuple(wrong))
    return dict(zip(keys, (each.when for each in body.choices), strict=True))
