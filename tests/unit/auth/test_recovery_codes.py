"""Recovery codes: ten of at least 128 random bits, accepted in any spelling."""

import math
import re

from hypothesis import given
from hypothesis import strategies as st

from auth.domain.recovery_codes import COUNT, generate_codes, hash_code


def test_there_are_ten_different_codes() -> None:
    codes = generate_codes()
    assert len(set(codes)) == len(codes) == COUNT == 10
    assert all(re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4})*", code) for code in codes)


def test_a_code_has_at_least_128_random_bits() -> None:
    codes = [code.replace("-", "") for _ in range(50) for code in generate_codes()]
    alphabet = {character for code in codes for character in code}

    assert min(map(len, codes)) * math.log2(len(alphabet)) >= 128
    assert all(len(set(column)) > len(alphabet) / 2 for column in zip(*codes, strict=True))


@given(st.booleans(), st.sampled_from(["", " ", "-", " - "]), st.sampled_from(["", " ", "\n"]))
def test_case_dashes_and_spaces_do_not_matter(upper: bool, between: str, around: str) -> None:
    code, other = generate_codes()[:2]
    typed = around + between.join(code.split("-")) + around
    assert hash_code(typed.upper() if upper else typed) == hash_code(code) != hash_code(other)
