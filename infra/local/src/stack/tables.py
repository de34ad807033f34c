"""The tables of docs/architecture.md that are written from code, each between `<!-- generated: name -->` and
`<!-- end -->`."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import get_args

from auth.domain.authority import ENDINGS, Pending
from common.events import Role
from stack.errors import StackError
from tickets.domain.access import ACCESS, Permission
from tickets.domain.workflow import TRANSITIONS


def access() -> Iterator[Sequence[str]]:
    roles: Sequence[Role] = [role for role in get_args(Role) if ACCESS[role]]
    yield ["permission", *roles]
    for permission in Permission:
        yield [str(permission), *("yes" if permission in ACCESS[role] else "no" for role in roles)]


def workflow() -> Iterator[Sequence[str]]:
    yield ["from", "to"]
    for before, following in TRANSITIONS.items():
        yield [f"`{before}`", ", ".join(f"`{after}`" for after in TRANSITIONS if after in following) or "none"]


def authority() -> Iterator[Sequence[str]]:
    yield ["change", *Pending, "sessions"]
    for change, ending in ENDINGS.items():
        yield [str(change), *("ends" if each in ending.pending else "" for each in Pending), ending.sessions]


TABLES: Mapping[str, Callable[[], Iterator[Sequence[str]]]] = {
    "access": access,
    "authority": authority,
    "workflow": workflow,
}


def with_tables(page: str) -> str:
    """The page with all tables as they are in code. Raises StackError where the page has no place for one."""
    for name, rows in TABLES.items():
        header, *body = (f"| {' | '.join(row)} |" for row in rows())
        table = "\n".join([header, f"|{'---|' * header.count(' | ')}---|", *body])
        start, end = f"<!-- generated: {name} -->", "<!-- end -->"
        page, count = re.subn(f"{start}.*?{end}", f"{start}\n{table}\n{end}", page, flags=re.DOTALL)
        if count != 1:
            raise StackError(f"docs/architecture.md needs one place for a table: {start} and {end}.")
    return page
