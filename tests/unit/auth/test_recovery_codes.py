"""Recovery codes: ten of 80 bits, known again however they are typed."""

import re

from hypothesis import given
from hypothesis import strategies as st

from auth.mfa.recovery_codes import COUNT, hashed, new_codes, plain


def test_there_are_ten_and_they_differ() -> None:
    codes = new_codes()
    assert len(set(codes)) == len(codes) == COUNT == 10
    assert all(re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", code) for code in codes)


@given(st.booleans(), st.sampled_from(["", " ", "-", " - "]), st.sampled_from(["", " ", "\n"]))
def test_capitals_dashes_and_spaces_do_not_matter(capitals: bool, between: str, around: str) -> None:
    code = new_codes()[0]
    typed = around + between.join(code.split("-")) + around
    assert hashed(typed.upper() if capitals else typed) == hashed(code)


@given(st.text(max_size=30))
def test_another_code_has_another_hash(guess: str) -> None:
    code = new_codes()[0]
    assert (hashed(guess) == hashed(code)) == (plain(guess) == plain(code))


def test_a_hash_does_not_show_the_code() -> None:
    code = new_codes()[0]
    assert plain(code) not in hashed(code)
