"""The documentation names files, sections and symbols that exist."""

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PATH = re.compile(r"\.?\w[\w.@-]*(?:/[\w.@-]+)*/?")
SYMBOLS = re.compile(r"`\w+`(?:, `\w+`)*")
SUFFIXES = {".conf", ".css", ".env", ".html", ".json", ".md", ".py", ".sh", ".toml", ".ts", ".tsx", ".yaml"}
MADE_BY_OPERATORS = {"secrets.json"}
"""Files that a page tells its reader to create."""


def git(*arguments: str) -> list[str]:
    output = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return output.splitlines()


FILES = [path for path in git("ls-files", "--cached", "--others", "--exclude-standard") if (ROOT / path).exists()]
FOLDERS = {f"{parent}/" for path in FILES for parent in PurePosixPath(path).parents if parent.name}
TOP_LEVEL = {path.partition("/")[0] for path in FOLDERS}
KNOWN = {*FILES, *FOLDERS}
PAGES = [path for path in FILES if path.endswith(".md")]


def prose(page: str) -> str:
    """The page without its code blocks."""
    return FENCED.sub("", (ROOT / page).read_text())


def paths_in(page: str) -> Iterator[str]:
    """Inline code that names a file or folder of the repository. Globs and placeholders match no `PATH`."""
    for text in CODE.findall(prose(page)):
        if PATH.fullmatch(text) and text not in MADE_BY_OPERATORS:
            in_repository = "/" in text and text.partition("/")[0] in TOP_LEVEL
            if in_repository or text.endswith("/") or PurePosixPath(text).suffix in SUFFIXES:
                yield text


def exists(path: str) -> bool:
    """A full path, or the end of one: `workflow.py`, `tickets/workflow.py`. What git ignores exists while the stack
    runs."""
    names = {path, f"{path}/"}
    if names & KNOWN or any(known.endswith(f"/{name}") for known in KNOWN for name in names):
        return True
    return bool(git("check-ignore", "--no-index", path))


def anchors_of(page: str) -> set[str]:
    """As GitHub derives them from headings."""
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in HEADING.findall(prose(page))}


def test_every_path_in_the_docs_exists() -> None:
    pages = [page for page in PAGES if page.startswith("docs/") or "/" not in page]
    found = [(page, path) for page in pages for path in paths_in(page)]
    assert found
    assert [(page, path) for page, path in found if not exists(path)] == []


def test_every_relative_link_resolves() -> None:
    broken = []
    for page in PAGES:
        for link in LINK.findall(prose(page)):
            if link.startswith(("https://", "http://", "mailto:")):
                continue
            address, _, anchor = link.partition("#")
            target = (ROOT / page).parent.joinpath(address).resolve() if address else ROOT / page
            if not target.exists() or (anchor and anchor not in anchors_of(str(target.relative_to(ROOT)))):
                broken.append((page, link))
    assert broken == []


def test_every_symbol_beside_a_path_in_contributing_exists() -> None:
    checked, missing = 0, []
    for row in prose("CONTRIBUTING.md").splitlines():
        cells = [cell.strip() for cell in row.split("|")]
        for cell, symbols in pairwise(cells):
            path = re.match(r"`([^`<>]+)`", cell)
            if path is None or not (ROOT / path[1]).is_file() or not SYMBOLS.fullmatch(symbols):
                continue
            text = (ROOT / path[1]).read_text()
            names = CODE.findall(symbols)
            checked += len(names)
            missing += [(path[1], name) for name in names if not re.search(rf"\b{name}\b", text)]
    assert checked
    assert missing == []
