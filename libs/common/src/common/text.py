"""Text that people type: names and titles on one line, and longer texts (docs/decisions/0032)."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

ShortText = Annotated[str, Field(max_length=500)]
"""A name, a title or a reason, as it was accepted."""
LongText = Annotated[str, Field(max_length=20_000)]
"""A message or a description, as it was accepted."""
TokenText = Annotated[str, Field(max_length=2_000)]
"""A token of ours, encrypted or signed."""

_MAX_SORT_KEY_OCTETS = 96

_FLAG = "(\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f)"
"""The flag of a region: an emoji with tag characters, which are invisible anywhere else."""

_REMOVED = re.compile(
    f"{_FLAG}|[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls, without white space
    "\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"  # format characters, without joiners
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"  # no characters at all
)
_JOINERS = re.compile("[\u200c\u200d]+")
_FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters and symbols that show as blank."""
_INVISIBLE = re.compile(f"[\\s\u200c\u200d{_FILLERS}\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]*")

_MAX_REMOVED_SHARE = 10
"""Text this many times longer than allowed is refused without looking at its characters."""


def clean_line(text: str) -> str:
    """The text on one line in NFC, without characters that are invisible or change the direction of others. Idempotent.

    White space of any kind becomes one space. A joiner (ZWJ, ZWNJ) stays inside a word or an emoji, unless between two
    ASCII characters, where it only hides. The result is empty where nothing can be seen.
    """
    text = unicodedata.normalize("NFC", text)
    if not (text.isascii() and text.isprintable()):
        text = _REMOVED.sub(lambda found: found[1] or "", text)
        text = _JOINERS.sub(_joiner_between, unicodedata.normalize("NFC", text))
    text = " ".join(text.split()).strip(f" \u200c\u200d{_FILLERS}")
    return "" if _INVISIBLE.fullmatch(text) else text


def sort_key(name: str) -> str:
    """What lists sort a name by, whatever its case: its first 96 octets in UTF-8, since cursors contain it. Names with
    equal keys are sorted by id."""
    return name.casefold().encode()[:_MAX_SORT_KEY_OCTETS].decode(errors="ignore")


def _joiner_between(found: re.Match[str]) -> str:
    before, after = found.string[found.start() - 1 : found.start()], found.string[found.end() : found.end() + 1]
    stays = before.strip() and after.strip() and not (before + after).isascii()
    return found[0][0] if stays else ""


@dataclass(frozen=True)
class OneLine:
    """Annotates a string as a name or title of 1 to `max_length` characters: `Annotated[str, OneLine(200)]`. It is
    cleaned (`clean_line`) before it is measured."""

    max_length: int

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        line = core_schema.str_schema(min_length=1, max_length=self.max_length)
        return core_schema.no_info_before_validator_function(self._clean, line)

    def _clean(self, typed: object) -> object:
        if not isinstance(typed, str) or len(typed) > self.max_length * _MAX_REMOVED_SHARE:
            return typed
        cleaned = clean_line(typed)
        if typed.strip() and not cleaned:
            raise ValueError("Enter text that can be seen.")
        return cleaned


@dataclass(frozen=True)
class Text:
    """Annotates a string as a text of 1 to `max_length` characters, of which one is not white space. It stays as it
    was typed: the spaces that a Markdown text begins with have a meaning. An optional text may be empty, and becomes
    so where it is only white space."""

    max_length: int
    optional: bool = False

    def __get_pydantic_core_schema__(self, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        min_length = None if self.optional else 1
        text = core_schema.str_schema(min_length=min_length, max_length=self.max_length, strip_whitespace=False)
        return core_schema.no_info_after_validator_function(_empty_blank if self.optional else _require_visible, text)


def _require_visible(text: str) -> str:
    if not text.strip():
        raise ValueError("Enter some text.")
    return text


def _empty_blank(text: str) -> str:
    return text if text.strip() else ""
