"""A mail says what it should in every kind and language, and nothing a customer typed can become more than text."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.audiences import Audience
from common.events.auth import Locale
from common.notification_kinds import KINDS
from mailer.rendering.examples import all_texts, example
from mailer.rendering.render import EmailContext, RenderedEmail, Renderer
from mailer.rendering.translations import LANGUAGES

TEXTS = list(all_texts())
QUOTING = ("ticket_created", "replied", "noted", "mentioned")
RENDERER = Renderer()
URL = "https://help.example.com"
EVIL = '<script>alert("x")</script>'


def rendered(
    kind: str, locale: Locale = "en", name: str = "Casey", audience: Audience | None = None, **fields: Any
) -> RenderedEmail:
    """The email of an example in which `fields` are replaced."""
    mail = example(kind, locale, audience=audience, **fields)
    context = EmailContext(
        audience=mail.audience,
        name=name,
        link=f"{URL}/there",
        actor=mail.actor_name,
        number=mail.ticket_number,
        title=mail.ticket_title,
    )
    return RENDERER.render(KINDS[kind].model_validate(mail.context), locale, context)


@pytest.mark.parametrize(("kind", "audience"), TEXTS)
@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("actor", ["Bob", None])
def test_every_kind_has_a_subject_a_text_and_a_page(
    kind: str, audience: Audience, locale: Locale, actor: str | None
) -> None:
    mail = rendered(kind, locale, audience=audience, actor=actor)
    assert mail.subject.strip()
    assert f"{URL}/there" in mail.text
    assert f'href="{URL}/there"' in mail.html
    assert mail.html.startswith(f'<!doctype html>\n<html lang="{locale}">')
    for said in (mail.subject, mail.text, mail.html):
        assert "None" not in said
        assert "{{" not in said
    assert not re.search(r"\n\n\n", mail.text)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_no_language_repeats_another_by_oversight(locale: Locale) -> None:
    if locale != "en":
        for kind, audience in TEXTS:
            own, english = (rendered(kind, each, audience=audience).text for each in (locale, LANGUAGES[0]))
            assert own.splitlines()[2] != english.splitlines()[2]


def test_a_mail_says_what_it_is_about() -> None:
    assert rendered("replied", title="The printer").subject == "[#12] The printer"
    assert "It *works*." in rendered("replied", body="It *works*.").text
    assert "It <em>works</em>." in rendered("replied", body="It *works*.").html
    assert "Bob changed the status" in rendered("status_changed", actor="Bob").text
    assert "auf „in Arbeit“ geändert" in rendered("status_changed", "de").text
    assert "Casey" in rendered("welcome").subject
    assert rendered("invitation").subject == "Robin Agent invited you to Example & Sons"
    for fact in ("13.05.2026, 09:30 UTC", "192.0.2.7", "Firefox 140 on Linux"):
        assert fact in rendered("new_sign_in", "de").text
        assert fact in rendered("new_sign_in", "de").html
    assert "2026-05-13, 09:30 UTC" in rendered("escalated").text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["title", "actor", "body", "name", "user_agent", "inviter", "organisation"])
def test_html_that_somebody_typed_is_shown_and_not_run(kind: str, field: str) -> None:
    typed: dict[str, Any] = {field: EVIL}
    html = rendered(kind, **typed).html
    assert "<script" not in html
    if field == "name" or (field == "body" and kind in QUOTING):
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["title", "actor", "body", "name", "inviter", "organisation"])
def test_what_looks_like_a_template_is_shown_and_not_filled_in(kind: str, field: str) -> None:
    typed: dict[str, Any] = {field: "{{ 6 * 7 }}{% if x %}"}
    mail = rendered(kind, **typed)
    assert "42" not in mail.subject + mail.text + mail.html.replace(f"{URL}/there", "")


@pytest.mark.parametrize(
    "body",
    [
        "![a picture](https://tracker.example/pixel.gif)",
        "![](https://tracker.example/pixel.gif)",
        "[![a picture](https://tracker.example/pixel.gif)](https://good.example)",
        "![x][ref]\n\n[ref]: https://tracker.example/pixel.gif",
        '<img src="https://tracker.example/pixel.gif">',
        "![x](//tracker.example/pixel.gif)",
        '![x](https://tracker.example/"onerror="alert(1))',
        "![<script>alert(1)</script>](https://tracker.example/pixel.gif)",
    ],
)
def test_no_picture_tells_its_server_that_somebody_reads_the_mail(body: str) -> None:
    html = rendered("replied", body=body).html
    assert "<img" not in html
    assert "<script" not in html
    assert 'onerror="' not in html
    assert "background" not in html.split("<blockquote")[1]


@pytest.mark.parametrize(
    "body",
    [
        "[click](javascript:alert(1))",
        "[click](JaVaScRiPt:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "[click](vbscript:x)",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "![x](javascript:alert(1))",
        "<iframe src='https://evil.example'></iframe>",
        '[x](https://good.example "onmouseover=alert(1)")',
        "[x](<https://good.example/\"onmouseover='alert(1)>)",
        "`<script>`",
    ],
)
def test_markdown_lets_no_script_through(body: str) -> None:
    shown = rendered("replied", body=body).html.split("<blockquote")[1].split("</blockquote>")[0]
    assert "<script" not in shown
    assert "<iframe" not in shown
    assert "<img" not in shown
    for attribute in ('href="javascript', 'href="data', 'href="vbscript', " onerror=alert", ' onmouseover="'):
        assert attribute not in shown.lower().replace("&lt;img src=x onerror=alert", "")


@given(st.text(min_size=1))
def test_a_subject_is_always_one_line(title: str) -> None:
    subject = rendered("replied", title=title).subject
    assert len(subject.splitlines()) == 1
    assert subject == " ".join(subject.split())


def test_nobody_but_the_assignee_reads_that_a_ticket_was_assigned_to_them() -> None:
    assert "to Dana" in rendered("assigned", audience=Audience.STAFF, actor="Bob", assignee="Dana").text
    for locale in LANGUAGES:
        for kind, own in (("assigned", Audience.ASSIGNEE), ("unassigned", Audience.FORMER_ASSIGNEE)):
            of_others = {rendered(kind, locale, audience=each).text for each in KINDS[kind].channels if each != own}
            assert rendered(kind, locale, audience=own).text not in of_others
            assert all("Robin Agent" in text for text in of_others)


def test_a_welcome_tells_staff_that_they_answer_tickets_and_customers_that_they_see_theirs() -> None:
    assert "You can now log in and see your tickets." in rendered("welcome").text
    assert "You can now log in and answer tickets." in rendered("welcome", is_staff=True).text
    for locale in LANGUAGES:
        assert rendered("welcome", locale, is_staff=True).text != rendered("welcome", locale).text


FILES = [{"name": "invoice <1>.pdf", "size": 48_300}, {"name": "scan.png", "size": 1_260_000}]


@pytest.mark.parametrize("kind", ["replied", "noted", "mentioned"])
def test_a_mail_names_the_files_of_a_message_with_their_sizes(kind: str) -> None:
    mail = rendered(kind, files=FILES)
    assert "Attachments:\n- invoice <1>.pdf (48.3 kB)\n- scan.png (1.3 MB)\n" in mail.text
    assert "<li>invoice &lt;1&gt;.pdf (48.3 kB)</li>" in mail.html
    assert "scan.png (1,3 MB)" in rendered(kind, "de", files=FILES).text
    assert "scan.png (1,3 MB)" in rendered(kind, "es", files=FILES).html


def test_a_mail_without_files_does_not_speak_of_any() -> None:
    mail = rendered("replied", files=[])
    assert "Attachments" not in mail.text + mail.html


@pytest.mark.parametrize(
    ("size", "written"), [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (999_999, "1 MB"), (25_000_000, "25 MB")]
)
def test_a_file_size_is_written_in_the_unit_that_people_use(size: int, written: str) -> None:
    assert f"a.txt ({written})" in rendered("replied", files=[{"name": "a.txt", "size": size}]).text
