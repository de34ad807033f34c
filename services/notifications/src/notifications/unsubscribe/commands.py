"""Unsubscribing from emails of one kind."""

from common.events.auth import Locale
from notifications.person.document import Person
from notifications.unsubscribe.links import Link


async def unsubscribe(link: Link) -> Locale:
    """Switches off emails of that kind for that person. Idempotent. Returns the person's language. Raises NotFound."""
    person = await Person.modify(
        link.person_id, link.organisation_id, lambda person: person.switch_off_email(link.kind)
    )
    return person.locale


async def locale_of(link: Link) -> Locale:
    """The person's language. Raises NotFound."""
    return (await Person.load(link.person_id, link.organisation_id)).locale
