"""Whatever is said arrives as it was said, read by Python's own mail parser."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.text import clean_line
from mailer.rendering import mime

typed = st.text(max_size=200)
single_words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
names = st.lists(single_words, min_size=1, max_size=12).map(" ".join).map(clean_line).filter(bool)
lines = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=300)


def read(*fields: bytes, text: str = "", html: str = "") -> EmailMessage:
    """A message as the other side reads it."""
    written = mime.alternative(fields, text, html, boundary="a-boundary")
    for line in written.split(b"\r\n"):
        assert len(line) <= mime.LONGEST_LINE
        assert b"\n" not in line
        assert b"\r" not in line
    written.decode("ascii")
    message = message_from_bytes(written, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def content_of(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return cast("str", body.get_content())


@given(names)
def test_a_subject_arrives_as_it_was_written(text: str) -> None:
    assert read(mime.text_field("Subject", text))["Subject"] == text


@given(typed)
def test_whatever_somebody_typed_is_one_field(text: str) -> None:
    message = read(mime.text_field("Subject", text), mime.field("X-After", "here"))
    assert message.keys() == ["Subject", "X-After", "MIME-Version", "Content-Type"]
    assert message["X-After"] == "here"


@given(names | st.sampled_from(['A "B" C', "back\\slash", "Dr. No", "a, b", "x@y", "(c)", "<d>", "e;f:", "O'Neil"]))
def test_a_name_and_an_address_arrive_as_they_are(name: str) -> None:
    _, _, value = mime.address_field("To", name, "ada@example.com").decode().strip().partition(": ")
    shown, address = parseaddr(value.replace("\r\n", ""))
    # Not by `headerregistry`: Python 3.11's puts a space between two encoded words, which RFC 2047 section 6.2 forbids.
    assert (str(make_header(decode_header(shown))), address) == (name, "ada@example.com")


@pytest.mark.parametrize("text", ["👨\u200d👩\u200d👧\u200d👦", "می\u200cخواهم"])
def test_a_joiner_inside_a_word_or_an_emoji_arrives(text: str) -> None:
    assert read(mime.text_field("Subject", text))["Subject"] == text
    assert read(mime.address_field("To", text, "ada@example.com"))["To"].addresses[0].display_name == text


@given(typed)
def test_whatever_somebody_is_called_the_mail_goes_to_their_address_alone(name: str) -> None:
    to = read(mime.address_field("To", name, "ada@example.com"))["To"]
    assert [address.addr_spec for address in to.addresses] == ["ada@example.com"]


@given(names)
def test_no_encoded_word_is_longer_than_a_reader_must_take(text: str) -> None:
    for word in re.findall(rb"=\?[^ \r]*\?=", mime.text_field("Subject", text)):
        assert len(word) <= 75


@given(lines, lines)
def test_a_body_arrives_as_it_was_written(text: str, html: str) -> None:
    message = read(text=text, html=html)
    assert content_of(message, "plain").replace("\r\n", "\n").removesuffix("\n") == text.removesuffix("\n")
    assert content_of(message, "html").replace("\r\n", "\n").removesuffix("\n") == html.removesuffix("\n")


@pytest.mark.parametrize(
    "body", ["x" * 5000, "ä" * 5000, ".\n..\n.", "From here\n", "=20\n", "tab\t \n", "\x00\x07", ""]
)
def test_odd_bodies_arrive_too(body: str) -> None:
    assert content_of(read(text=body), "plain").replace("\r\n", "\n").rstrip("\n") == body.rstrip("\n")


@pytest.mark.parametrize("value", ["a\r\nBcc: eve@example.com", "a\nb", "a\rb", "ä"])
def test_what_would_be_another_field_is_refused(value: str) -> None:
    with pytest.raises(ValueError):
        mime.field("X-Ours", value)
