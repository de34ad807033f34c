"""A sealed secret opens for who holds the key, for as long as it lasts, and for nobody else."""

import time
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from common.sealed import DecryptionError, SecretCipher

HOUR = timedelta(hours=1)
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
OLD, NEW, FOREIGN = (Fernet.generate_key().decode() for _ in range(3))


@given(st.text())
def test_what_was_closed_opens_as_it_was(secret: str) -> None:
    assert SecretCipher([OLD]).decrypt(SecretCipher([OLD]).encrypt(secret), not_older_than=HOUR) == secret


def test_the_secret_can_not_be_read_in_the_sealed_value() -> None:
    assert "reset-token" not in SecretCipher([OLD]).encrypt("reset-token")
    assert SecretCipher([OLD]).encrypt("reset-token") != SecretCipher([OLD]).encrypt("reset-token")


@pytest.mark.parametrize(("age", "opens"), [(3590, True), (3610, False)])
def test_it_opens_only_within_its_time(age: int, opens: bool) -> None:
    sealed = Fernet(OLD).encrypt_at_time(b"secret", int(time.time()) - age).decode()
    if opens:
        assert SecretCipher([OLD]).decrypt(sealed, not_older_than=HOUR) == "secret"
    else:
        with pytest.raises(DecryptionError):
            SecretCipher([OLD]).decrypt(sealed, not_older_than=HOUR)


@given(st.integers(0, 150), st.integers(1, 63))
def test_any_altered_character_breaks_it(at: int, by: int) -> None:
    sealed = SecretCipher([OLD]).encrypt("secret" * 8)
    position = at % (len(sealed.rstrip("=")) - 1)  # of the last character some bits mean nothing
    other = BASE64[(BASE64.index(sealed[position]) + by) % 64]
    with pytest.raises(DecryptionError):
        SecretCipher([OLD]).decrypt(sealed[:position] + other + sealed[position + 1 :], not_older_than=HOUR)


@given(st.text())
def test_what_was_never_sealed_is_broken(text: str) -> None:
    with pytest.raises(DecryptionError):
        SecretCipher([OLD]).decrypt(text, not_older_than=HOUR)


def test_keys_rotate_new_in_front_old_still_opens_until_it_is_dropped() -> None:
    sealed_before = SecretCipher([OLD]).encrypt("secret")
    assert SecretCipher([NEW, OLD]).decrypt(sealed_before, not_older_than=HOUR) == "secret"
    assert SecretCipher([NEW]).decrypt(SecretCipher([NEW, OLD]).encrypt("secret"), not_older_than=HOUR) == "secret"
    with pytest.raises(DecryptionError):
        SecretCipher([NEW]).decrypt(sealed_before, not_older_than=HOUR)


def test_a_key_we_do_not_hold_opens_nothing_and_the_error_says_no_secret() -> None:
    with pytest.raises(DecryptionError) as caught:
        SecretCipher([OLD]).decrypt(SecretCipher([FOREIGN]).encrypt("secret"), not_older_than=HOUR)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("key", ["", "short", "A" * 43])
def test_a_key_that_is_not_32_bytes_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        SecretCipher([key])
