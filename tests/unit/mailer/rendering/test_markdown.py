"""The Markdown of mails: the same dialect and bounds as in the web client."""

import pytest

from common.notification_kinds import KINDS
from mailer.rendering import markdown
from mailer.rendering.render import EmailContext, RenderedEmail, Renderer
from tests.support.markdown_cases import BOUNDS, CASES, HOSTILE, PLAIN, normalized

RENDERER = Renderer()
ID = "01a2b3c4-0000-7000-8000-000000000001"


def reply(body: str) -> RenderedEmail:
    context = EmailContext(audience="requester", name="Casey", link="https://x", number=1, title="t")
    return RENDERER.render(KINDS["replied"].model_validate({"body": body}), "en", context)


def quoted(body: str) -> str:
    """What the mail shows of the message, as HTML."""
    html = reply(body).html
    return html[html.index(">", html.index("<blockquote")) + 1 : html.rindex("</blockquote>")]


@pytest.mark.parametrize("name", CASES)
def test_a_mail_shows_what_the_web_client_shows(name: str) -> None:
    typed, html = CASES[name]
    assert normalized(quoted(typed)) == html


def test_the_bounds_are_those_of_the_web_client() -> None:
    assert {"steps": markdown.MAX_STEPS, "depth": markdown.MAX_DEPTH, "html": markdown.MAX_HTML} == BOUNDS


@pytest.mark.parametrize("name", HOSTILE)
def test_a_text_that_exceeds_a_bound_is_shown_as_it_was_typed(name: str) -> None:
    html = quoted(HOSTILE[name])
    assert ("white-space:pre-wrap" in html) == (name in PLAIN)
    assert len(html) <= BOUNDS["html"] + 1_000


def test_its_lines_and_names_stay_and_nothing_in_it_is_html() -> None:
    body = f"@[Ada]({ID})\n{'> ' * 1_000}x\n<b>"
    assert f">@Ada\n{'&gt; ' * 1_000}x\n&lt;b&gt;</p>" in quoted(body)


def test_a_failing_parser_costs_nobody_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(markdown._DIALECT, "parse", fail)

    assert "It <em>fails</em>" not in quoted("It *fails* here")
    assert "It *fails* here" in quoted("It *fails* here")


def test_no_part_of_a_mail_contains_the_id_of_a_mentioned_person() -> None:
    mail = reply(f"Ask @[Sam [IT]]({ID}), `@[Sam]({ID})` or *@[Sam]({ID})*.")
    assert ID not in mail.text
    assert ID not in mail.html
    assert "Ask @Sam [IT], `@Sam` or *@Sam*." in mail.text
