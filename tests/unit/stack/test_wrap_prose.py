"""`make format` wraps comments and docstrings that are too long, and nothing else."""

import ast
import importlib.util

import pytest

from stack.paths import CHECKOUT

_SPEC = importlib.util.spec_from_file_location("wrap_prose", CHECKOUT / "infra" / "wrap_prose.py")
assert _SPEC is not None
assert _SPEC.loader is not None
wrap_prose = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(wrap_prose)

WORDS = " ".join(["word"] * 30)


@pytest.mark.parametrize(
    "source",
    [
        f"# {WORDS}\n# the next line\n\n# another paragraph\n",
        f'def f() -> None:\n    """{WORDS}"""\n',
        f'def f() -> None:\n    """Summary.\n\n    - {WORDS}\n    - second\n\n    {WORDS}\n    continued\n    """\n',
        f"x = 1  # {WORDS}\n",
        f'X = 1\n"""{WORDS}"""\n',
    ],
)
def test_every_line_fits_and_every_word_stays(source: str) -> None:
    wrapped = wrap_prose.wrap(source)
    assert max(map(len, wrapped.splitlines())) <= wrap_prose.LIMIT
    assert sorted(wrapped.replace("#", " ").split()) == sorted(source.replace("#", " ").split())
    assert wrap_prose.wrap(wrapped) == wrapped
    ast.parse(wrapped)


@pytest.mark.parametrize("source", [f'x = "{WORDS}"\n', f"x = 1  # noqa: E501 {WORDS}\n", f"# {'x' * 130}\n"])
def test_code_and_what_cannot_be_wrapped_stay_as_they_are(source: str) -> None:
    assert wrap_prose.wrap(source) == source
