"""docs/security/asvs.md answers each requirement of OWASP ASVS 5.0.0 once, and what it names as evidence exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security/asvs.md").read_text()

LEVELS = """
1.1:22 1.2:111112222 1.3:11222222222 1.4:222 1.5:12
2.1:122 2.2:112 2.3:1222 2.4:2
3.2:11 3.3:1222 3.4:112222 3.5:11122 3.7:22
4.1:122 4.2:2 4.3:22 4.4:1222
5.1:2 5.2:112 5.3:11 5.4:222
6.1:122 6.2:111111112222 6.3:1122 6.4:1122 6.5:22222 6.6:222 6.8:2222
7.1:222 7.2:1111 7.3:22 7.4:11222 7.5:22 7.6:22
8.1:12 8.2:112 8.3:1 8.4:2
9.1:111 9.2:1222
10.1:22 10.2:22 10.3:2222 10.4:11111222222 10.5:22222 10.6:22 10.7:222
11.1:22 11.2:222 11.3:112 11.4:1222 11.5:2 11.6:2
12.1:122 12.2:11 12.3:2222
13.1:2 13.2:22222 13.3:22 13.4:12222
14.1:22 14.2:1222 14.3:122
15.1:122 15.2:122 15.3:1222222
16.1:2 16.2:22222 16.3:2222 16.4:222 16.5:222
"""
"""Section:levels of its requirements, which are numbered from 1. Those of level 3 have the last numbers of a section
and are left out."""
REQUIREMENTS = [
    (f"{section}.{number}", level)
    for section, levels in (entry.split(":") for entry in LEVELS.split())
    for number, level in enumerate(levels, 1)
]

LINE = re.compile(r"\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
STATUSES = {"met", "not applicable", "open"}
EVIDENCE = re.compile(r"`(\.?\w[\w.@-]*(?:/[\w.@-]+)*/?)(?:::(\w+))?`")
"""Inline code that is a path, or a test as pytest names it."""

LINES = [line for line in PAGE.splitlines() if re.match(r"\|\s*\d", line)]
ANSWERS = [match.groups() for line in LINES if (match := LINE.fullmatch(line))]


def evidence_in(text: str) -> list[tuple[str, str]]:
    """(path, name of a test in it or nothing)."""
    return [(path, test) for path, test in EVIDENCE.findall(text) if "/" in path or (ROOT / path).exists()]


def exists(path: str, test: str) -> bool:
    file = ROOT / path
    return file.exists() and (not test or re.search(rf"def {test}\(", file.read_text()) is not None)


def test_each_requirement_of_levels_1_and_2_is_answered_once_and_in_order() -> None:
    assert [(number, level) for number, level, *_ in ANSWERS] == REQUIREMENTS


def test_each_line_has_a_status_and_says_why() -> None:
    assert [line for line in LINES if not LINE.fullmatch(line)] == []
    assert {number: status for number, _, _, status, _ in ANSWERS if status not in STATUSES} == {}


def test_what_is_met_names_a_file_or_a_test() -> None:
    met = {number: why for number, _, _, status, why in ANSWERS if status == "met"}
    assert met
    assert [number for number, why in met.items() if not evidence_in(why)] == []


def test_each_file_and_each_test_that_is_named_exists() -> None:
    assert [(path, test) for path, test in evidence_in(PAGE) if not exists(path, test)] == []
