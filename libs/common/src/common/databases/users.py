"""A MongoDB user, as its URL describes it: name, password, database.

A password is stored only in the URL of its service: the job that creates the users reads the same URLs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

BACKUP = "backup"
"""Reads every database and writes none."""

Role = str | dict[str, str]


@dataclass(frozen=True)
class User:
    """`database` is where it is defined (`authSource`). The password is left out of its repr."""

    name: str
    password: str = field(repr=False)
    database: str
    roles: Sequence[Role]


def user_of(url: str) -> User:
    """The user of a URL: of a service, with its own database, or `backup`.

    Raises ValueError for a URL without user or password, or one with the database of another service.
    """
    parsed = _parsed(url)
    name, password = parsed["username"], parsed["password"]
    if not name or not password:
        raise ValueError("a MongoDB URL lacks its user or password")
    if name == BACKUP:
        return User(name, password, _source(parsed), ["readAnyDatabase"])
    if parsed["database"] != name or _source(parsed) != name:
        raise ValueError(f"the URL of {name} must name {name} as its database and as its authSource")
    return User(name, password, name, ["readWrite"])


def administrator_of(url: str) -> User:
    """The user that creates the others. Raises ValueError for a URL without one."""
    parsed = _parsed(url)
    if not parsed["username"] or not parsed["password"]:
        raise ValueError("the administrator's MongoDB URL lacks its user or password")
    return User(parsed["username"], parsed["password"], _source(parsed), ["root"])


def _source(parsed: dict[str, Any]) -> str:
    return str(parsed["options"].get("authSource") or parsed["database"] or "admin")


def _parsed(url: str) -> dict[str, Any]:
    try:
        return dict(parse_uri(url))
    except (PyMongoError, ValueError) as error:
        # The parser's message may contain the URL, with the password.
        raise ValueError(f"a MongoDB URL is not valid ({type(error).__name__})") from None
