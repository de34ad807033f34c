"""The cases that the Markdown of mails and of the web client have in common (`markdown_cases.json`)."""

import json
import re
from pathlib import Path
from typing import Any

_ALL: dict[str, Any] = json.loads((Path(__file__).parent / "markdown_cases.json").read_text())

BOUNDS: dict[str, int] = _ALL["bounds"]
CASES: dict[str, tuple[str, str]] = {case["name"]: (case["markdown"], case["html"]) for case in _ALL["cases"]}
"""Markdown and its normalised HTML."""

LONGEST = 20_000


def _repeated(case: dict[str, str]) -> str:
    start, end = case.get("start", ""), case.get("end", "")
    count = (LONGEST - len(start) - len(end)) // len(case["pattern"])
    return start + case["pattern"] * count + end


HOSTILE: dict[str, str] = {case["name"]: _repeated(case) for case in _ALL["hostile"]}
"""Texts of the greatest length that make work."""
PLAIN: set[str] = {case["name"] for case in _ALL["hostile"] if case["plain"]}
"""Those of them that exceed a bound."""


def normalized(html: str) -> str:
    """Without the line breaks that the libraries put after tags."""
    return re.sub(r"\n(?=</code>)", "", re.sub(r"(</?(?!code)[^>]+>)\n", r"\1", html)).strip()
