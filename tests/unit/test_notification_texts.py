"""Each audience of each kind reads a sentence of its own, in the mail and in the inbox, in every language."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.audiences import ONLOOKERS, Audience
from common.events.auth import Locale
from common.notification_kinds import KINDS, NotificationKind
from mailer.rendering.examples import example
from mailer.rendering.render import EmailContext, Renderer
from mailer.rendering.translations import LANGUAGES

RENDERER = Renderer()
LOCALES = Path("web/src/i18n/locales")
ADDRESSES_THE_READER = {
    "en": re.compile(r"\byou(r|rs)?\b", re.IGNORECASE),
    "de": re.compile(r"\b(Sie|Ihnen|Ihr(e[nmrs]?)?)\b"),
    "es": re.compile(r"\b(usted|le|sus?)\b", re.IGNORECASE),
}
ABOUT_TICKETS = [kind for kind in KINDS.values() if kind.is_about_ticket()]
CASES = [
    pytest.param(kind, audience, locale, id=f"{kind.name}-{audience}-{locale}")
    for kind in ABOUT_TICKETS
    for audience in kind.channels
    for locale in LANGUAGES
]


def mail_sentence(kind: type[NotificationKind], audience: Audience, locale: Locale, actor: str | None) -> str:
    """The sentence below the greeting."""
    mail = example(kind.name, locale, audience=audience, actor=actor)
    context = EmailContext(
        audience=audience,
        name="Casey",
        link="https://x",
        actor=actor,
        number=mail.ticket_number,
        title=mail.ticket_title,
    )
    return RENDERER.render(kind.model_validate(mail.context), locale, context).text.splitlines()[2]


def inbox_sentence(kind: type[NotificationKind], audience: Audience, locale: Locale) -> str:
    """As useNotificationText.ts chooses it."""
    messages = json.loads((LOCALES / locale / "notifications.json").read_text())["message"]
    return str(messages.get(f"{kind.name}_{audience}") or messages[kind.name])


def sentences(kind: type[NotificationKind], audience: Audience, locale: Locale) -> Iterator[str]:
    yield mail_sentence(kind, audience, locale, "Robin Agent")
    yield mail_sentence(kind, audience, locale, None)
    if kind.events:
        yield inbox_sentence(kind, audience, locale)


@pytest.mark.parametrize(("kind", "audience", "locale"), CASES)
def test_whoever_is_involved_is_addressed_and_an_onlooker_is_not(
    kind: type[NotificationKind], audience: Audience, locale: Locale
) -> None:
    for sentence in sentences(kind, audience, locale):
        assert bool(ADDRESSES_THE_READER[locale].search(sentence)) == (audience not in ONLOOKERS), sentence


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("kind", ABOUT_TICKETS, ids=lambda kind: kind.name)
def test_no_two_people_involved_read_the_same_sentence(kind: type[NotificationKind], locale: Locale) -> None:
    involved = [audience for audience in kind.channels if audience not in ONLOOKERS]
    read = [list(sentences(kind, audience, locale)) for audience in involved]
    for of_one_place in zip(*read, strict=True):
        assert len(set(of_one_place)) == len(involved), of_one_place


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("kind", ["assigned", "unassigned"])
def test_an_onlooker_reads_the_name_of_the_person_a_ticket_was_given_to_or_taken_from(
    kind: str, locale: Locale
) -> None:
    in_mail, by_system, in_inbox = sentences(KINDS[kind], Audience.STAFF, locale)
    assert "Robin Agent" in by_system
    assert in_mail.count("Robin Agent") == 2
    assert "{{person}}" in in_inbox
