"""A mail says what it should in every kind, and nothing a customer typed can become more than text."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from common.events.notifications import Kind, Recipient
from mailer.mail.document import Mail
from mailer.rendering.message import compose
from mailer.rendering.render import Rendered, Renderer
from notifications.policy import RULES, Channel

MAILED: list[Kind] = [kind for kind, rules in RULES.items() if any(Channel.EMAIL in each for each in rules.values())]
RENDERER = Renderer()
SENDER = Address("Helpdesk", addr_spec="support@example.com")
TICKET = UUID(int=7)
HEADERS = ["Auto-Submitted", "Content-Type", "Date", "From", "In-Reply-To", "MIME-Version", "Message-ID", "References",
           "Subject", "To"]  # fmt: skip
CONTEXT: dict[str, Any] = {
    "title": "The printer",
    "actor": "Bob",
    "before": "new",
    "after": "in_progress",
    "body": "It *works*.",
    "number": 12,
    "link": "https://help.example.com/tickets/7",
    "recipient": Recipient(id=UUID(int=1), email="ada@example.com", name="Ada", locale="en"),
}
EVIL = '<script>alert("x")</script>'


def rendered(kind: Kind, locale: str = "en", **context: Any) -> Rendered:
    return RENDERER.render(kind, locale, {**CONTEXT, **context})


def composed(
    kind: Kind = "replied", name: str = "Ada", email: str = "ada@example.com", created: int = 0, **context: Any
) -> EmailMessage:
    """The message of a mail of the ledger, which is made here without a database."""
    mail = Mail.model_construct(
        id=UUID(int=2),
        organisation_id=UUID(int=3),
        recipient=Recipient(id=UUID(int=1), email=email, name=name, locale="en"),
        template=kind,
        context={key: CONTEXT[key] for key in ("title", "actor", "before", "after", "body")} | context,
        ticket_id=TICKET,
        ticket_number=12,
        message_id="<4@example.com>",
        created_at=datetime(2026, 5, 14, 9, 30, created, tzinfo=UTC),
    )
    return compose(mail, RENDERER, sender=SENDER, public_url="https://help.example.com")


def received(message: EmailMessage) -> EmailMessage:
    """As the other side reads it."""
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def parts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


@pytest.mark.parametrize("kind", MAILED)
@pytest.mark.parametrize("locale", ["en", "de", "es"])
@pytest.mark.parametrize("actor", ["Bob", None])
def test_every_kind_that_is_mailed_has_a_subject_a_text_and_a_page(kind: Kind, locale: str, actor: str | None) -> None:
    mail = rendered(kind, locale, actor=actor)
    assert mail.subject.strip()
    assert CONTEXT["link"] in mail.text
    assert f'href="{CONTEXT["link"]}"' in mail.html
    assert mail.html.startswith("<!doctype html>")
    assert "None" not in mail.subject + mail.text + mail.html
    assert "{{" not in mail.subject + mail.text + mail.html


def test_what_is_mailed_is_known_to_these_tests() -> None:
    assert MAILED == ["welcome", "status_changed", "replied"]


def test_a_mail_says_what_it_is_about() -> None:
    assert rendered("replied").subject == "[#12] The printer"
    assert "It *works*." in rendered("replied").text
    assert "It <em>works</em>." in rendered("replied").html
    assert "is now in progress (Bob)" in rendered("status_changed").text
    assert "Ada" in rendered("welcome").subject


@pytest.mark.parametrize("kind", MAILED)
@pytest.mark.parametrize("field", ["title", "actor", "body", "name"])
def test_html_that_somebody_typed_is_shown_and_not_run(kind: Kind, field: str) -> None:
    recipient = CONTEXT["recipient"].model_copy(update={"name": EVIL} if field == "name" else {})
    html = rendered(kind, **{field: EVIL, "recipient": recipient}).html
    assert "<script" not in html
    if field == "name" or (kind == "replied"):
        assert "&lt;script&gt;" in html


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
    shown = rendered("replied", body=body).html.split('padding-left:16px">')[1].split("<p><a href")[0]
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


def test_a_template_that_lacks_something_says_so_instead_of_leaving_a_gap() -> None:
    with pytest.raises(UndefinedError, match="body"):
        RENDERER.render("replied", "en", {key: value for key, value in CONTEXT.items() if key != "body"})


def test_a_mail_has_just_the_headers_that_it_should() -> None:
    message = received(composed())
    assert sorted(message.keys()) == HEADERS
    assert message["From"] == "Helpdesk <support@example.com>"
    assert message["To"] == "Ada <ada@example.com>"
    assert message["Subject"] == "[#12] The printer"
    assert message["Message-ID"] == "<4@example.com>"
    assert message["References"] == message["In-Reply-To"] == f"<ticket-{TICKET}@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == datetime(2026, 5, 14, 9, 30, tzinfo=UTC)
    text, html = parts(message)
    assert f"https://help.example.com/tickets/{TICKET}" in text
    assert f"https://help.example.com/tickets/{TICKET}" in html


LINE_BREAKS = ["\r\nBcc: evil@example.com", "\nBcc: evil@example.com", "\rBcc: evil@example.com",
               "\u2028Bcc: evil@example.com", "\x85Bcc: evil@example.com"]  # fmt: skip
ENCODED = [
    "=?utf-8?q?a=0d=0aBcc:_evil@example.com?=",
    "=?utf-8?q?a=0aBcc:_evil@example.com?= tail",
    "=?utf-8?b?YQ0KQmNjOiBldmlsQGV4YW1wbGUuY29t?=",
    "head =?iso-8859-1?q?a=0d=0aBcc:_evil@example.com?=",
]


def with_typed(field: str, text: str) -> EmailMessage:
    """A mail to somebody of that name, or about a ticket of that title."""
    return composed(name=text) if field == "name" else composed(title=text)


@pytest.mark.parametrize("field", ["title", "name"])
@pytest.mark.parametrize("typed", [*LINE_BREAKS, *ENCODED])
def test_no_header_can_be_typed_into_a_mail(typed: str, field: str) -> None:
    written = with_typed(field, typed).as_bytes()
    head = written.split(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    message = received(with_typed(field, typed))
    assert sorted(message.keys()) == HEADERS
    assert [each.addr_spec for each in message["To"].addresses] == ["ada@example.com"]


spelt = st.text(min_size=1, max_size=80).filter(str.strip)


@given(title=spelt, name=spelt, actor=spelt, body=st.text(max_size=300))
def test_a_mail_can_be_written_whatever_people_are_called(title: str, name: str, actor: str, body: str) -> None:
    message = received(composed(name=name, title=title, actor=actor, body=body))
    assert sorted(message.keys()) == HEADERS
    assert [each.addr_spec for each in message["To"].addresses] == ["ada@example.com"]
    assert {part.get_content_type() for part in message.walk()} == {
        "multipart/alternative",
        "text/plain",
        "text/html",
    }


@pytest.mark.parametrize("kind", MAILED)
def test_every_attempt_is_the_same_mail(kind: Kind) -> None:
    one, other = composed(kind), composed(kind)
    assert one.as_bytes() == other.as_bytes()
    assert composed(kind, created=1)["Date"] != one["Date"]


@pytest.mark.parametrize(
    "email",
    [
        "ada@example.com",
        "ada+tag@example.com",
        "o'neil@example.com",
        "ada@bücher.example",
    ],
)
def test_an_address_that_sign_up_accepts_can_be_written_to(email: str) -> None:
    message = composed(email=email)
    domain = email.rpartition("@")[2].encode("idna").decode()
    assert f"@{domain}>" in message.as_bytes().decode()
