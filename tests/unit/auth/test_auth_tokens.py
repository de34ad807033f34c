"""Opaque tokens, and the tokens in the links of emails."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.domain.mailed_token import InvalidLink, MailedToken, require_valid
from auth.domain.opaque_token import generate_token, hash_token, matches_hash, owner_id


@given(st.uuids())
def test_a_token_contains_its_owners_id_and_is_unique(owner: UUID) -> None:
    one, other = generate_token(owner), generate_token(owner)
    assert owner_id(one) == owner_id(other) == owner
    assert one != other


def test_a_token_has_256_random_bits_and_needs_no_escaping_in_a_url() -> None:
    secret = generate_token(uuid4()).partition(".")[2]
    assert len(secret) == 43
    assert secret.replace("-", "").replace("_", "").isalnum()


@given(st.text())
def test_only_the_token_itself_matches_its_hash(guess: str) -> None:
    token = generate_token(uuid4())
    assert matches_hash(token, hash_token(token))
    assert not matches_hash(guess, hash_token(token))
    assert not matches_hash(guess, None)


@given(st.text() | st.none())
def test_any_other_string_belongs_to_no_document(text: str | None) -> None:
    try:
        expected = UUID((text or "").partition(".")[0])
    except ValueError:
        expected = UUID(int=0)
    assert owner_id(text) == expected


def test_a_mailed_token_is_valid_until_it_expires() -> None:
    token, stored = MailedToken.issue(uuid4(), timedelta(hours=1))
    _, other = MailedToken.issue(uuid4(), timedelta(hours=1))
    expired_token, expired = MailedToken.issue(uuid4(), timedelta(0))
    assert require_valid(stored, token) is stored
    for wrong, text in [(other, token), (expired, expired_token), (None, token)]:
        with pytest.raises(InvalidLink):
            require_valid(wrong, text)
    assert token.partition(".")[2] not in stored.model_dump_json()
