"""Refuses private words where a standard term exists: `python -m tests.architecture.names`, part of `make check`.

banned-names.toml maps each banned name to the term to use. It looks at identifiers (Python, TypeScript), file names,
JSON fields (OpenAPI, event schemas) and message keys (web and mail texts), never at the words of a sentence.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("banned-names.toml")
JSON_FILES = re.compile(r"docs/openapi\.json|libs/common/src/common/events/schemas/.*|web/src/i18n/locales/.*\.json")
MAIL_TEXTS = re.compile(r"services/mailer/src/mailer/.*\.toml")
LOOKED_AT = re.compile(r".*\.(py|tsx?|json|toml)")
NOT_OURS = re.compile(r"web/src/api/schema\.ts|.*/package(-lock)?\.json|tests/architecture/.*")
_TYPESCRIPT_PROSE = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`", re.DOTALL
)
_TYPESCRIPT_DEFINITION = re.compile(r"\b(?:function|class|interface|type|enum)\s+([A-Za-z_]\w*)")


def definitions(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every function, class, class attribute and module constant."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        if isinstance(node, ast.Module | ast.ClassDef):
            for statement in node.body:
                match statement:
                    case ast.Assign(targets=targets):
                        yield from ((statement.lineno, each.id) for each in targets if isinstance(each, ast.Name))
                    case ast.AnnAssign(target=ast.Name(id=name)):
                        yield statement.lineno, name


def identifiers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of every identifier: definitions, variables, parameters, attributes and imports."""
    yield from definitions(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                yield node.lineno, name
            case ast.alias(name=name):
                yield node.lineno, name.rpartition(".")[2]


def keys(node: Any) -> Iterator[str]:
    """Every key of a JSON or TOML document."""
    if isinstance(node, dict):
        yield from node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from keys(each)


def banned_in(path: str, text: str, anywhere: Mapping[str, str], defined: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each banned name in one file."""
    every = {**anywhere, **defined}
    stem = Path(path).stem.removeprefix("test_")
    if term := every.get(stem):
        yield f"{path}: the file name {stem} is banned, use {term}"
    found: list[tuple[int, str, str | None]] = []
    if path.endswith(".py"):
        tree = ast.parse(text)
        found += [(line, name, anywhere.get(name)) for line, name in identifiers(tree)]
        found += [(line, name, every.get(name)) for line, name in definitions(tree)]
    elif path.endswith((".ts", ".tsx")):
        code = _TYPESCRIPT_PROSE.sub(lambda prose: "\n" * prose[0].count("\n"), text)
        for number, line in enumerate(code.splitlines(), 1):
            found += [(number, name, anywhere.get(name)) for name in re.findall(r"[A-Za-z_]\w*", line)]
            found += [(number, name, every.get(name)) for name in _TYPESCRIPT_DEFINITION.findall(line)]
    elif JSON_FILES.fullmatch(path) or MAIL_TEXTS.fullmatch(path):
        document = json.loads(text) if path.endswith(".json") else tomllib.loads(text)
        found += [(0, name, anywhere.get(name)) for name in keys(document)]
    for number, name, term in dict.fromkeys(found):
        if term:
            yield f"{path}:{number}: {name} is banned, use {term}"


def main() -> int:
    table = tomllib.loads(TABLE.read_text())
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [path for path in listed.splitlines() if LOOKED_AT.fullmatch(path) and not NOT_OURS.fullmatch(path)]
    problems = [
        problem
        for path in files
        if (ROOT / path).exists()
        for problem in banned_in(path, (ROOT / path).read_text(), table["anywhere"], table["defined"])
    ]
    print("\n".join(problems) or f"no banned names in {len(files)} files")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
