"""Opaque tokens and those that travel by mail: they open one thing, for a time, and what is kept does not give them
away."""

from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from auth.mailed_token import MailedToken
from auth.opaque_token import hashed, is_hash_of, new_token, owner_of


@given(st.uuids())
def test_a_token_names_what_it_opens_and_is_never_the_same_twice(owner: UUID) -> None:
    one, other = new_token(owner), new_token(owner)
    assert owner_of(one) == owner_of(other) == owner
    assert one != other


def test_a_token_has_256_random_bits_and_fits_into_an_address() -> None:
    secret = new_token(uuid4()).partition(".")[2]
    assert len(secret) == 43
    assert secret.replace("-", "").replace("_", "").isalnum()


@given(st.text())
def test_only_the_token_itself_has_its_hash(guess: str) -> None:
    token = new_token(uuid4())
    assert is_hash_of(hashed(token), token)
    assert not is_hash_of(hashed(token), guess)
    assert not is_hash_of(None, guess)


@given(st.text())
def test_what_is_no_token_has_no_owner_and_is_no_error(text: str) -> None:
    try:
        expected = UUID(text.partition(".")[0])
    except ValueError:
        expected = None
    assert owner_of(text) == expected
    assert owner_of(None) is None


def test_a_mailed_token_opens_in_its_time() -> None:
    token, kept = MailedToken.issue(uuid4(), timedelta(hours=1))
    _, other = MailedToken.issue(uuid4(), timedelta(hours=1))
    assert kept.is_opened_by(token)
    assert not other.is_opened_by(token)
    assert token.partition(".")[2] not in kept.model_dump_json()


def test_a_mailed_token_opens_nothing_when_its_time_is_over() -> None:
    token, kept = MailedToken.issue(uuid4(), timedelta(0))
    assert not kept.is_opened_by(token)
