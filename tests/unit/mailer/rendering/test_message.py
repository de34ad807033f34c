"""A mail goes over the wire with the headers it should have, and nothing a customer typed can become one."""

from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from common.events.notifications import Recipient
from common.notification_kinds import KINDS
from common.sealed import DecryptionError
from common.secret_links import LinkDecryptor, LinkEncryptor, public_key_of
from mailer.rendering.examples import AT, TITLE, example
from mailer.rendering.message import MessageBuilder, OutgoingMessage, ReplyAddresses
from mailer.rendering.render import Renderer
from mailer.reply_address import answered_mail

RENDERER = Renderer()
SENDER = Address("Helpdesk", addr_spec="support@example.com")
PRIVATE_KEY = Fernet.generate_key().decode()
ENCRYPTOR, DECRYPTOR = LinkEncryptor(public_key_of(PRIVATE_KEY)), LinkDecryptor([PRIVATE_KEY])
URL = "https://help.example.com"
BUILDER = MessageBuilder(RENDERER, SENDER, URL, DECRYPTOR)
TICKET = UUID(int=7)
HEADERS = ["Auto-Submitted", "Content-Type", "Date", "From", "In-Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post",
           "MIME-Version", "Message-ID", "References", "Subject", "To", "X-Auto-Response-Suppress"]  # fmt: skip


def written(
    kind: str = "replied", name: str = "Ada", email: str = "ada@example.com", **context: Any
) -> OutgoingMessage:
    """The message of a mail of the ledger, which is made here without a database."""
    mail = example(kind, encryptor=ENCRYPTOR, **context)
    mail.recipient = Recipient(id=UUID(int=1), email=email, name=name, locale="en")
    return BUILDER.build(mail)


def composed(*args: Any, **more: Any) -> EmailMessage:
    """The same, as the other side reads it."""
    return received(written(*args, **more))


def received(message: OutgoingMessage) -> EmailMessage:
    """As the other side reads it."""
    read = message_from_bytes(message.content, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def bodies(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def test_a_mail_has_just_the_headers_that_it_should() -> None:
    message = composed()
    assert sorted(message.keys()) == HEADERS
    assert message["From"] == "Helpdesk <support@example.com>"
    assert message["To"] == "Ada <ada@example.com>"
    assert message["Subject"] == f"[#12] {TITLE}"
    assert message["Message-ID"] == "<example@example.com>"
    assert message["References"] == message["In-Reply-To"] == f"<ticket-{TICKET}@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "DR, RN, NRN, OOF, AutoReply", "bounces are wanted"
    assert message["Date"].datetime == AT
    text, html = bodies(message)
    assert f"{URL}/tickets/{TICKET}" in text
    assert f"{URL}/tickets/{TICKET}" in html


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_switched_off_says_how_and_what_can_not_does_not(kind: str) -> None:
    mail = example(kind, encryptor=ENCRYPTOR)
    mail.unsubscribe_token = None if KINDS[kind].mandatory else "abc/+="
    message = received(BUILDER.build(mail))
    if KINDS[kind].mandatory:
        assert "List-Unsubscribe" not in message
        assert "unsubscribe" not in "".join(bodies(message))
        return
    link = f"{URL}/api/v1/notifications/unsubscribe?token=abc%2F%2B%3D"
    assert message["List-Unsubscribe"] == f"<{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = bodies(message)
    assert link in text
    assert f'href="{link}"' in html


def test_ids_and_addresses_longer_than_a_line_stay_readable() -> None:
    domain = f"{'a' * 60}.{'b' * 60}.example.com"
    mail = example("replied")
    mail.unsubscribe_token = "t" * 600
    mail.message_id = f"<example@{domain}>"
    written = (
        MessageBuilder(RENDERER, Address("Helpdesk", addr_spec=f"support@{domain}"), URL, DECRYPTOR).build(mail).content
    )
    assert f"\r\nReferences: <ticket-{TICKET}@{domain}>\r\n".encode() in written
    assert f"\r\nIn-Reply-To: <ticket-{TICKET}@{domain}>\r\n".encode() in written
    assert b"?token=" + b"t" * 600 + b">\r\n" in written
    assert f"\r\nMessage-ID: <example@{domain}>\r\n".encode() in written
    assert b"=?utf-8?" not in written


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.has_secret_link])
def test_a_sealed_secret_is_opened_in_the_mail_and_nowhere_before(kind: str) -> None:
    mail = example(kind, encryptor=ENCRYPTOR, token="top secret/+")
    assert "top secret" not in repr(mail)
    for said in bodies(received(BUILDER.build(mail))):
        assert f"{URL}/" in said
        assert "#token=top%20secret%2F%2B" in said
        assert "?token" not in said
        assert "2026-05-14, 09:30 UTC" in said
    assert "top" not in repr(BUILDER.build(mail))


def test_a_secret_sealed_with_another_key_is_a_mail_that_cannot_be_built() -> None:
    mail = example("password_reset", encryptor=LinkEncryptor(public_key_of(Fernet.generate_key().decode())))
    with pytest.raises(DecryptionError):
        BUILDER.build(mail)


@pytest.mark.parametrize("kind", KINDS)
def test_answers_to_what_is_about_a_ticket_go_to_an_address_that_names_the_mail(kind: str) -> None:
    key = b"0123456789abcdef"
    mail = example(kind, encryptor=ENCRYPTOR)
    message = received(
        MessageBuilder(RENDERER, SENDER, URL, DECRYPTOR, ReplyAddresses("in.example.com", [key])).build(mail)
    )
    if not KINDS[kind].is_about_ticket():
        assert "Reply-To" not in message
        return
    [address] = message["Reply-To"].addresses
    assert address.display_name == "Helpdesk"
    assert answered_mail(address.addr_spec, "in.example.com", [key]) == mail.id


LINE_BREAKS = ["\r\nBcc: evil@example.com", "\nBcc: evil@example.com", "\rBcc: evil@example.com",
               "\u2028Bcc: evil@example.com", "\x85Bcc: evil@example.com"]  # fmt: skip
ENCODED = [
    "=?utf-8?q?a=0d=0aBcc:_evil@example.com?=",
    "=?utf-8?q?a=0aBcc:_evil@example.com?= tail",
    "=?utf-8?b?YQ0KQmNjOiBldmlsQGV4YW1wbGUuY29t?=",
    "head =?iso-8859-1?q?a=0d=0aBcc:_evil@example.com?=",
]


def with_typed(field: str, text: str) -> OutgoingMessage:
    """A mail to somebody of that name, or about a ticket of that title."""
    return written(name=text) if field == "name" else written(title=text)


@pytest.mark.parametrize("field", ["title", "name"])
@pytest.mark.parametrize("typed", [*LINE_BREAKS, *ENCODED])
def test_no_header_can_be_typed_into_a_mail(typed: str, field: str) -> None:
    head = with_typed(field, typed).content.split(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head
    message = received(with_typed(field, typed))
    assert sorted(message.keys()) == HEADERS
    assert [each.addr_spec for each in message["To"].addresses] == ["ada@example.com"]


spelt = st.text(min_size=1, max_size=80).filter(str.strip)


@given(title=spelt, name=spelt, actor=spelt, body=st.text(max_size=300))
def test_a_mail_can_be_written_whatever_people_are_called(title: str, name: str, actor: str, body: str) -> None:
    message = composed(name=name, title=title, actor=actor, body=body)
    assert sorted(message.keys()) == HEADERS
    assert [each.addr_spec for each in message["To"].addresses] == ["ada@example.com"]
    assert {part.get_content_type() for part in message.walk()} == {
        "multipart/alternative",
        "text/plain",
        "text/html",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_attempt_is_the_same_mail(kind: str) -> None:
    mail = example(kind, encryptor=ENCRYPTOR)
    assert BUILDER.build(mail) == BUILDER.build(mail)
    later = mail.model_copy(update={"id": UUID(int=3)})
    assert BUILDER.build(later) != BUILDER.build(mail)


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_passes_any_server_without_being_changed(kind: str) -> None:
    message = BUILDER.build(example(kind, "es", encryptor=ENCRYPTOR, body="ñ" * 3000 + "\n.\n" + "x" * 3000))
    message.content.decode("ascii")
    assert max(map(len, message.content.split(b"\r\n"))) <= 998
    assert b"\n" not in message.content.replace(b"\r\n", b"")


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
    message = written(email=email)
    domain = email.rpartition("@")[2].encode("idna").decode()
    assert f"@{domain}>" in message.content.decode()


@pytest.mark.parametrize("context", [{}, {"body": None}])
def test_a_mail_whose_context_is_incomplete_cannot_be_built(context: dict[str, Any]) -> None:
    mail = example("replied")
    mail.context = context
    with pytest.raises(ValueError, match="body"):
        BUILDER.build(mail)


@pytest.mark.parametrize(("kind", "audience"), [("not_yet_known", "assignee"), ("assigned", "not_yet_known")])
def test_a_mail_of_an_unknown_kind_or_audience_cannot_be_built(kind: str, audience: str) -> None:
    mail = example("assigned")
    mail.kind, mail.audience = kind, audience
    with pytest.raises(LookupError, match="not_yet_known"):
        BUILDER.build(mail)
