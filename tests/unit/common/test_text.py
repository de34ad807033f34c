"""Typed text is cleaned once, when it arrives."""

import unicodedata
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from common.http.schemas import Body
from common.text import OneLine, Text, clean_line

ODD = (
    "aé 🏴\U000e0067\U000e007f"
    "\u200b\u200c\u200d\u200e\u202e\u2066\u3164\u2800\u00ad\u034f\u0301\ufe0f\u115f\0\r\n\t\x85\u2028\u3000"
)
typed = st.text() | st.text(st.sampled_from(ODD))


@given(typed)
def test_a_cleaned_line_stays_as_it_is_and_is_one_line_in_nfc(text: str) -> None:
    line = clean_line(text)

    assert clean_line(line) == line
    assert unicodedata.is_normalized("NFC", line)
    assert len(line.splitlines()) <= 1
    assert line == " ".join(line.split())
    assert not any(unicodedata.bidirectional(each) in {"LRO", "RLO", "LRE", "RLE", "PDF", "RLI"} for each in line)


@pytest.mark.parametrize(
    "text",
    [
        "Zoë",
        "می\u200cخواهم",
        "👨\u200d👩\u200d👧",
        "❤\ufe0f",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "क्\u200dष",
        "⠓⠑⠀⠺",
        "葛\U000e0100",
    ],
)
def test_what_a_language_needs_stays(text: str) -> None:
    assert clean_line(f"x {text} y") == f"x {text} y"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Ann\u202etxet", "Anntxet"),
        ("Ad\u200dmin", "Admin"),
        ("Admin\u3164", "Admin"),
        ("a \u200c b", "a b"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("a\r\n\tb\u2028c", "a b c"),
        ("山田\u3000太郎", "山田 太郎"),
        ("e\u200b\u0301", "é"),
        ("\u200d\ufe0f", ""),
    ],
)
def test_what_hides_or_turns_text_is_removed(text: str, kept: str) -> None:
    assert clean_line(text) == kept


class Form(Body):
    title: Annotated[str, OneLine(5)] = "title"
    body: Annotated[str, Text(8)] = "body"


def test_a_line_is_measured_after_cleaning_and_a_text_stays_as_it_was_typed() -> None:
    form = Form(title=" a\u200bbcde\n", body="    x\n")

    assert (form.title, form.body) == ("abcde", "    x\n")


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"title": "abcdef"}, {"title": "\u200b"}, {"title": "\u200b" * 10_000}, {"title": 1},
              {"body": ""}, {"body": " \n\t"}, {"body": "123456789"}]
)  # fmt: skip
def test_text_that_is_empty_or_too_long_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Form.model_validate(wrong)


def test_the_schema_states_the_limits() -> None:
    class Stored(BaseModel):
        title: Annotated[str, OneLine(5)]

    assert Stored.model_json_schema()["properties"]["title"] == {
        "maxLength": 5,
        "minLength": 1,
        "title": "Title",
        "type": "string",
    }
