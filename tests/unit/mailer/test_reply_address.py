"""An address that answers go to is believed where we made it, and only there."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from mailer.reply_address import answered_mail, reply_address

DOMAIN = "in.example.com"
KEY, OTHER = b"k" * 32, b"o" * 32
LETTERS = "abcdefghijklmnopqrstuvwxyz234567"


@given(st.uuids(), st.binary(min_size=16))
def test_an_address_names_the_mail_it_was_made_for(mail_id: UUID, key: bytes) -> None:
    address = reply_address(mail_id, DOMAIN, key)
    assert answered_mail(address, DOMAIN, [key]) == mail_id
    assert len(address.partition("@")[0]) <= 64


@given(st.uuids())
def test_servers_may_change_its_case(mail_id: UUID) -> None:
    assert answered_mail(reply_address(mail_id, DOMAIN, KEY).upper(), DOMAIN, [KEY]) == mail_id


@given(st.uuids())
def test_an_address_made_with_an_older_key_is_still_believed(mail_id: UUID) -> None:
    address = reply_address(mail_id, DOMAIN, KEY)
    assert answered_mail(address, DOMAIN, [OTHER, KEY]) == mail_id
    assert answered_mail(address, DOMAIN, [OTHER]) is None


def test_the_signature_has_128_bits() -> None:
    local = reply_address(UUID(int=0), DOMAIN, KEY).partition("@")[0]
    assert len(local.removeprefix("reply+")) * 5 >= 128 + 128


@given(st.uuids(), st.integers(0, 51), st.sampled_from(LETTERS))
def test_an_address_with_any_letter_changed_is_not(mail_id: UUID, position: int, letter: str) -> None:
    address = reply_address(mail_id, DOMAIN, KEY)
    at = len("reply+") + position
    changed = address[:at] + letter + address[at + 1 :]
    assert answered_mail(changed, DOMAIN, [KEY]) == (mail_id if changed == address else None)


@given(st.text() | st.text(alphabet=LETTERS + "+@.").map(lambda text: f"reply+{text}@{DOMAIN}"))
def test_what_anybody_made_up_is_not(address: str) -> None:
    assert answered_mail(address, DOMAIN, [KEY]) is None


def test_the_address_of_another_domain_is_not() -> None:
    address = reply_address(UUID(int=1), "elsewhere.example.com", KEY)
    assert answered_mail(address, DOMAIN, [KEY]) is None
