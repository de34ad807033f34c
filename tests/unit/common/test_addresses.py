"""An address has one stored form, and one key that is equal exactly for the spellings of one mailbox."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.addresses import address_key, domain_of, normalize_address, with_unicode_domain

LOCAL_PARTS = st.text(
    st.characters(whitelist_categories=("Ll", "Lu", "Lo", "Nd", "Mn"), max_codepoint=0x2FFF) | st.sampled_from("+-_.'"),
    min_size=1,
    max_size=20,
)
DOMAINS = st.sampled_from(
    [
        "example.org",
        "Bücher.example",
        "xn--bcher-kva.EXAMPLE",
        "ｈelpdesk.example",
        "例え.テスト",
        "corp.local",
        "intranet",
    ]
)


def _normalized(local: str, domain: str) -> str | None:
    try:
        return normalize_address(f"{local}@{domain}")
    except ValueError:
        return None


@given(LOCAL_PARTS, DOMAINS)
def test_a_normalized_address_stays_as_it_is_and_has_the_key_of_what_was_typed(local: str, domain: str) -> None:
    address = _normalized(local, domain)
    if address is not None:
        assert normalize_address(address) == address
        assert domain_of(address).isascii()
        assert address_key(address) == address_key(f" {local}@{domain} ")
        assert address_key(address_key(address)) == address_key(address)
        assert normalize_address(with_unicode_domain(address)) == address


@given(LOCAL_PARTS, LOCAL_PARTS, DOMAINS, DOMAINS)
def test_keys_are_equal_exactly_for_the_same_local_part_whatever_its_case_at_the_same_domain(
    one: str, other: str, domain: str, elsewhere: str
) -> None:
    first, second = _normalized(one, domain), _normalized(other, elsewhere)
    if first is not None and second is not None:
        same = _caseless(one) == _caseless(other) and domain_of(first) == domain_of(second)
        assert (address_key(first) == address_key(second)) == same


@given(LOCAL_PARTS, DOMAINS)
def test_case_and_composition_make_no_difference(local: str, domain: str) -> None:
    for spelling in (local.swapcase(), unicodedata.normalize("NFD", local)):
        if _caseless(spelling) == _caseless(local) and _normalized(spelling, domain) and _normalized(local, domain):
            assert address_key(f"{spelling}@{domain}") == address_key(f"{local}@{domain}")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Sam@Example.ORG ", "Sam@example.org"),
        ("a@Bücher.example", "a@xn--bcher-kva.example"),
        ("a@ⓔxample.com", "a@example.com"),
        ("a@例え。テスト", "a@xn--r8jz45g.xn--zckzah"),
        ("u\u0308@example.com", "ü@example.com"),
        ("user@corp.local", "user@corp.local"),
        ("user@intranet", "user@intranet"),
    ],
)
def test_an_address_is_stored_in_one_form(typed: str, stored: str) -> None:
    assert normalize_address(typed) == stored


@pytest.mark.parametrize(
    "wrong",
    [
        '"sam smith"@example.com',
        "a\0@example.com",
        "a@exam\u00adple.com",
        "a\u200d@example.com",
        "a@example.com\nBcc: b@example.com",
        "a@192.0.2.7",
        "a@[192.0.2.7]",
        "a@localhost",
        "a@b_c.example",
        f"{'a' * 65}@example.com",
        f"{'ü' * 33}@example.com",
        "a@" + ".".join(["b" * 62] * 4) + ".com",
        "a@" + ".".join(["ü" * 50] * 4) + ".com",
    ],
)
def test_an_address_that_no_mail_can_be_sent_to_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"[a-z]"):
        normalize_address(wrong)
    assert address_key(wrong) == address_key(wrong.upper().lower())


def _caseless(local: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", local).casefold())
