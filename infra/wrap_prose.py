"""Wraps comments and docstrings that are longer than ruff allows, which `ruff format` leaves alone (`make format`).

    python infra/wrap_prose.py FILE…

Only the words beyond the limit move: to the next line of the same paragraph, or to a new line. Code is never changed; a
comment behind code moves above it.
"""

import io
import re
import sys
import tokenize
from itertools import pairwise
from pathlib import Path

LIMIT = 120
_ITEM = re.compile(r"\s*(?:#\s*)?(?:[-*]|\d+\.)\s+\S")
_PRAGMA = re.compile(r"#\s*(?:noqa|type:|pragma|fmt:|ruff:)")
_PREFIX = re.compile(r'(\s*)(#\s*|[rR]?"""|)')


def wrap(source: str) -> str:
    """The same source with its comments and docstrings within the limit, where their words allow it."""
    while (wrapped := _wrap_first(source)) != source:
        source = wrapped
    return source


def _wrap_first(source: str) -> str:
    lines = source.splitlines()
    for row, kind in sorted(_prose(source).items()):
        line = lines[row]
        if len(line) <= LIMIT:
            continue
        if kind == "trailing":
            code, comment = line.rsplit("  #", 1)
            indent = re.match(r"\s*", line)[0]  # type: ignore[index]  # it always matches
            lines[row : row + 1] = [f"{indent}#{comment}", code]
            return "\n".join(lines) + "\n"
        if moved := _split(line, kind):
            head, rest, prefix = moved
            following = lines[row + 1] if row + 1 < len(lines) else ""
            if _prose(source).get(row + 1) == kind and _continues(following, prefix):
                lines[row : row + 2] = [head, f"{prefix}{rest} {following[len(prefix) :]}"]
            else:
                lines[row : row + 1] = [head, prefix + rest]
            return "\n".join(lines) + "\n"
    return source


def _split(line: str, kind: str) -> tuple[str, str, str] | None:
    """What stays, what moves, and what comes before it on its new line."""
    match = _PREFIX.match(line)
    assert match is not None  # noqa: S101 - every part of the pattern may be empty
    start = match.end()
    item = re.match(r"(?:[-*]|\d+\.)\s+", line[start:])
    start += item.end() if item else 0
    space = line.rfind(" ", start, LIMIT + 1)
    if space <= start:
        return None  # one long word
    prefix = (match[0] if kind == "comment" else match[1]) + (" " * item.end() if item else "")
    return line[:space].rstrip(), line[space:].strip(), prefix


def _continues(line: str, prefix: str) -> bool:
    text = line[len(prefix) :]
    return line.startswith(prefix) and text[:1].strip() not in ("", '"') and not _ITEM.match(line)


def _prose(source: str) -> dict[int, str]:
    """Row, from 0 -> `comment`, `trailing` (a comment behind code) or `docstring`."""
    found: dict[int, str] = {}
    before = tokenize.NEWLINE
    tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    for token, following in pairwise(tokens):
        if token.type == tokenize.COMMENT and not _PRAGMA.match(token.string):
            found[token.start[0] - 1] = "comment" if token.line.lstrip().startswith("#") else "trailing"
        elif (
            token.type == tokenize.STRING
            and token.string.endswith('"""')
            and following.type == tokenize.NEWLINE
            and before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        ):
            found.update(dict.fromkeys(range(token.start[0] - 1, token.end[0]), "docstring"))
        if token.type not in (tokenize.COMMENT, tokenize.NL):
            before = token.type
    return found


def main() -> None:
    for path in map(Path, sys.argv[1:]):
        source = path.read_text()
        if (wrapped := wrap(source)) != source:
            path.write_text(wrapped)
            print(f"{path}: wrapped")


if __name__ == "__main__":
    main()
