"""Stopping mails of one kind."""

from common.errors import NotFound
from common.events.auth import Locale
from common.outbox import retry_on_conflict
from notifications.person.document import Person
from notifications.policy import offered, party_of
from notifications.unsubscribe.links import Link


async def switch_off(link: Link) -> Locale:
    """No more mails of that kind go to that person; done again it changes nothing. Returns the language they read.
    Raises NotFound."""

    async def once() -> Locale:
        person = await Person.load(link.person_id, link.organisation_id)
        await person.switch_off_mail(link.kind, offered(party_of(person.role))).commit()
        return person.locale

    return await retry_on_conflict(once)


async def language_of(link: Link) -> Locale:
    """Of the person it is about. Raises NotFound."""
    found = await Person.find_one({"_id": link.person_id, "organisation_id": link.organisation_id})
    if found is None:
        raise NotFound("This account is not there any more.")
    return found.locale
