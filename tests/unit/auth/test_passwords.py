"""Weak passwords are refused; passwords are stored hashed, and verified without revealing who has an account."""

import asyncio
import threading
import time

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY
from hypothesis import given
from hypothesis import strategies as st

import auth.passwords
from auth.domain.password_strength import is_hard_to_guess
from auth.passwords import MAX_LENGTH, MIN_LENGTH, Passwords, validate_password
from common.errors import Unprocessable

EMAIL = "ada.lovelace@example.com"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords(cores=2)


def accepted(password: str, email: str = EMAIL) -> bool:
    try:
        validate_password(password, email, ())
    except Unprocessable:
        return False
    return True


def test_a_refusal_names_the_field_and_does_not_repeat_the_password() -> None:
    for password in ("short", "Password1", EMAIL, "x" * 200):
        with pytest.raises(Unprocessable) as caught:
            validate_password(password, EMAIL, ())
        assert [each.field for each in caught.value.errors] == ["password"]
        assert password not in caught.value.detail


@pytest.mark.parametrize(
    ("length", "accepts"), [(MIN_LENGTH - 1, False), (MIN_LENGTH, True), (MAX_LENGTH, True), (MAX_LENGTH + 1, False)]
)
def test_a_password_has_8_to_128_characters(length: int, accepts: bool) -> None:
    assert (MIN_LENGTH, MAX_LENGTH) == (8, 128)
    assert accepted(("xkŋ7µ-qz" * 20)[:length]) == accepts


@pytest.mark.parametrize("password", ["password1", "Password1", "12345678", "PASSWORD1", "qwertyuiop", "iloveyou1"])
def test_a_common_password_is_refused_in_any_spelling(password: str) -> None:
    assert not accepted(password)


@pytest.mark.parametrize("password", [EMAIL, EMAIL.upper()])
def test_the_email_address_is_refused(password: str) -> None:
    assert not accepted(password)
    assert accepted(password, email="somebody@example.com")


@given(st.text(st.characters(codec="utf-8", min_codepoint=0x100), min_size=1, max_size=100))
def test_any_characters_are_accepted(text: str) -> None:
    assert accepted(f"correct horse battery {text}")


@given(st.text(max_size=MAX_LENGTH), st.lists(st.text(max_size=100), max_size=4))
def test_any_text_is_judged(password: str, context: list[str]) -> None:
    assert is_hard_to_guess(password, context) in (True, False)


@pytest.mark.parametrize("password", ["aaaaaaaa", "Passw0rd!", "lovelace1815", "a" * 60 + "battery"])
def test_what_is_easy_to_guess_for_whoever_knows_the_person_is_not_hard(password: str) -> None:
    assert not is_hard_to_guess(password, ("Ada Lovelace", "Dracula & Sons"))


def test_the_judge_sees_the_first_64_characters() -> None:
    strong = "correct horse battery staple"

    assert is_hard_to_guess("a" * 30 + strong, ())
    assert not is_hard_to_guess("a" * 64 + strong, ())


def test_the_worst_password_does_not_hold_the_event_loop_for_long() -> None:
    worst = ("4@8({[</369&#!1|0$5+7%2" * 6)[:MAX_LENGTH]
    weak_at_first = "a" * 24 + worst[:104]
    context = ("x" * 100, "y z " * 25, "4@8({[</369&" * 8, "z" * 40)

    for password in (worst, weak_at_first, "aB" * 64):
        started = time.thread_time()
        is_hard_to_guess(password, context)
        assert time.thread_time() - started < 0.05  # of the processor, not of the clock


async def test_only_the_password_itself_matches_its_hash(passwords: Passwords) -> None:
    hashed = await passwords.hash("Zoë's pässword")
    assert hashed.startswith("$argon2id$")
    assert "pässword" not in hashed
    assert await passwords.verify("Zoë's pässword", hashed)
    assert not await passwords.verify("Zoë's password", hashed)
    assert not await passwords.verify("", hashed)


async def test_hashes_have_the_parameters_of_the_low_memory_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth.passwords, "PasswordHasher", PasswordHasher)  # tests use a quicker one

    assert extract_parameters(await Passwords().hash("correct horse")) == RFC_9106_LOW_MEMORY


async def test_without_a_hash_a_dummy_hash_is_verified_and_nothing_matches(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []
    verify = passwords._hasher.verify

    class Counting:
        def verify(self, hashed: str, password: str) -> bool:
            verified.append(hashed)
            return verify(hashed, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    assert not await passwords.verify("nobody has this password", None)
    assert not await passwords.verify("anything", None)
    assert [hashed.split("$")[1:4] for hashed in verified] == [passwords._dummy_hash.split("$")[1:4]] * 2


@pytest.mark.parametrize("broken", ["", "plain", "$argon2id$v=19$m=65536,t=3,p=4$x"])
async def test_a_broken_hash_matches_nothing(passwords: Passwords, broken: str) -> None:
    assert not await passwords.verify("", broken)
    assert not await passwords.verify("plain", broken)


async def test_hashing_does_not_block_the_event_loop(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    threads = set()

    class Slow:
        def hash(self, password: str) -> str:
            threads.add(threading.current_thread().name)
            time.sleep(0.05)
            return password

    monkeypatch.setattr(passwords, "_hasher", Slow())
    hashing = asyncio.gather(*(passwords.hash("x") for _ in range(4)))
    turns = 0
    while not hashing.done():
        await asyncio.sleep(0)
        turns += 1
    await hashing
    assert turns > 10
    assert len(threads) == 2
    assert all(name.startswith("argon2") for name in threads)
