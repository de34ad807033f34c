"""A mail says what it should in every kind and language, and nothing a customer typed can become more than text."""

import re
import tomllib
from collections.abc import Iterable
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined, UndefinedError, meta

from common.events.auth import Locale
from common.events.notifications import Kind
from mailer.rendering import words
from mailer.rendering.examples import example
from mailer.rendering.render import Rendered, Renderer
from mailer.rendering.words import LANGUAGES

KINDS: tuple[Kind, ...] = get_args(Kind)
QUOTING: tuple[Kind, ...] = ("ticket_created", "replied", "noted", "mentioned")
RENDERER = Renderer()
URL = "https://help.example.com"
EVIL = '<script>alert("x")</script>'


def rendered(kind: Kind, locale: Locale = "en", name: str = "Casey", **context: Any) -> Rendered:
    """What a mail of that kind says, of which `context` is different from the example's."""
    mail = example(kind, locale)
    known = {**mail.context, "number": mail.ticket_number, "link": f"{URL}/there", **context}
    return RENDERER.render(kind, locale, {**known, "recipient": mail.recipient.model_copy(update={"name": name})})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("actor", ["Bob", None])
def test_every_kind_has_a_subject_a_text_and_a_page(kind: Kind, locale: Locale, actor: str | None) -> None:
    mail = rendered(kind, locale, actor=actor)
    assert mail.subject.strip()
    assert f"{URL}/there" in mail.text
    assert f'href="{URL}/there"' in mail.html
    assert mail.html.startswith(f'<!doctype html>\n<html lang="{locale}">')
    for said in (mail.subject, mail.text, mail.html):
        assert "None" not in said
        assert "{{" not in said
    assert not re.search(r"\n\n\n", mail.text)


def placeholders(texts: Iterable[str]) -> set[str]:
    environment = Environment(undefined=StrictUndefined, autoescape=True)
    return set().union(*(meta.find_undeclared_variables(environment.parse(text)) for text in texts))


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_language_says_the_same_things_of_the_same_matters(locale: Locale) -> None:
    english, other = (tomllib.loads((words.DIRECTORY / f"{each}.toml").read_text()) for each in ("en", locale))
    assert {part: set(texts) for part, texts in other.items()} == {part: set(texts) for part, texts in english.items()}
    for part, texts in english.items():
        for name, text in texts.items():
            assert placeholders([other[part][name]]) == placeholders([text]), f"{part}.{name}"


@pytest.mark.parametrize("locale", LANGUAGES)
def test_no_language_repeats_another_by_oversight(locale: Locale) -> None:
    if locale != "en":
        for kind in KINDS:
            assert rendered(kind, locale).text.splitlines()[2] != rendered(kind).text.splitlines()[2]


def test_a_mail_says_what_it_is_about() -> None:
    assert rendered("replied", title="The printer").subject == "[#12] The printer"
    assert "It *works*." in rendered("replied", body="It *works*.").text
    assert "It <em>works</em>." in rendered("replied", body="It *works*.").html
    assert "Bob changed the status" in rendered("status_changed", actor="Bob").text
    assert "auf „in Arbeit“ geändert" in rendered("status_changed", "de").text
    assert "Casey" in rendered("welcome").subject
    assert rendered("invitation").subject == "Ada Admin invited you to Example & Sons"
    for fact in ("14.05.2026, 09:30 UTC", "192.0.2.7", "Firefox 140 on Linux"):
        assert fact in rendered("new_sign_in", "de").text
        assert fact in rendered("new_sign_in", "de").html
    assert "2026-05-13, 09:30 UTC" in rendered("escalated").text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["title", "actor", "body", "name", "user_agent", "inviter", "organisation"])
def test_html_that_somebody_typed_is_shown_and_not_run(kind: Kind, field: str) -> None:
    typed: dict[str, Any] = {field: EVIL}
    html = rendered(kind, **typed).html
    assert "<script" not in html
    if field == "name" or (field == "body" and kind in QUOTING):
        assert "&lt;script&gt;" in html


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["title", "actor", "body", "name", "inviter", "organisation"])
def test_what_looks_like_a_template_is_shown_and_not_filled_in(kind: Kind, field: str) -> None:
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


@pytest.mark.parametrize(("kind", "needed"), [("status_changed", "after"), ("invitation", "organisation")])
def test_a_mail_that_lacks_something_says_so_instead_of_leaving_a_gap(kind: Kind, needed: str) -> None:
    mail = example(kind)
    context = {key: value for key, value in mail.context.items() if key != needed}
    with pytest.raises(UndefinedError, match=needed):
        RENDERER.render(kind, "en", {**context, "recipient": mail.recipient, "number": 12, "link": URL})
