"""`python -m auth …`: serve, and look after people from the command line."""

import argparse
import json
import sys
from collections.abc import Awaitable, Callable
from getpass import getpass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from auth.app import build, rotation
from auth.organisation.document import Organisation
from auth.passwords import Passwords, require_acceptable
from auth.settings import AuthSettings
from auth.user.commands import commit_new
from auth.user.document import User
from auth.user.schemas import Name
from common.command_line import Arguments, Command, main
from common.errors import Unprocessable
from common.events import Role
from common.http.schemas import Email
from common.lifecycle import Service


class NewUser(BaseModel):
    """One person in the list that `import-users` reads."""

    email: Email
    name: Name
    role: Role = "customer"
    password: SecretStr


async def _add(new: NewUser, organisation: str | None) -> bool:
    """False where the address has an account already, which is left as it is."""
    target = await Organisation.by_slug(organisation)
    if await User.by_email(target.id, new.email) is not None:
        return False
    password = new.password.get_secret_value()
    try:
        require_acceptable(password, new.email)
    except Unprocessable as error:
        raise ValueError(f"{new.email}: {error}") from None
    hashed = await Passwords(threads=1).hash(password)
    # Whoever types the command vouches for the address.
    await commit_new(User.register(target.id, new.email, new.name, new.role, hashed, email_verified=True))
    return True


def _creating(role: Role, called: str) -> Callable[[Service, Arguments], Awaitable[None]]:
    async def create(service: Service, arguments: Arguments) -> None:
        async with service.prepared():
            password = sys.stdin.readline().rstrip("\n") if not sys.stdin.isatty() else getpass("Password: ")
            try:
                new = NewUser(email=arguments.email, name=arguments.name, role=role, password=SecretStr(password))
            except ValidationError as error:
                raise ValueError(_without_input(error)) from None
            if not await _add(new, arguments.organisation):
                raise ValueError(f"there is an account with the address {arguments.email} already")
            print(f"{arguments.email} is {called} now")

    return create


async def _rotate_signing_keys(service: Service, _arguments: Arguments) -> None:
    async with service.prepared():
        settings = AuthSettings()
        key = await rotation(settings).rotate()
        lead = settings.signing_key_lead_seconds
        print(f"key {key.kid} signs {lead:g} s after a worker has published it; the one before then only verifies")


async def _import_users(service: Service, arguments: Arguments) -> None:
    async with service.prepared():
        people = _read_people(arguments.file)
        added = [person for person in people if await _add(person, arguments.organisation)]
        print(f"{len(added)} accounts made, {len(people) - len(added)} were there already")


def _read_people(file: str) -> list[NewUser]:
    text = sys.stdin.read() if file == "-" else Path(file).read_text()
    try:
        return TypeAdapter(list[NewUser]).validate_python(json.loads(text))
    except (json.JSONDecodeError, ValidationError) as error:
        raise ValueError(f"the list of people can not be read: {_without_input(error)}") from None


def _without_input(error: Any) -> str:
    """What is wrong and where, without repeating what was given: it holds passwords."""
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
    return str(error)


def _no_arguments(_parser: argparse.ArgumentParser) -> None:
    return


def _account_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--organisation", help="its short name; the default one where it is missing")
    parser.epilog = "The password is asked for, or read as one line from standard input; it is never an argument."


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="JSON: [{email, name, role, password}, …]; - reads standard input")
    parser.add_argument("--organisation", help="its short name; the default one where it is missing")


if __name__ == "__main__":
    main(
        "auth",
        lambda: build(AuthSettings()),
        {
            "create-admin": Command(
                "Make the first admin of an organisation.", _account_arguments, _creating("admin", "an admin")
            ),
            "create-operator": Command(
                "Make somebody who looks after all organisations.",
                _account_arguments,
                _creating("operator", "an operator"),
            ),
            "import-users": Command(
                "Make accounts; those that exist are left as they are.", _import_arguments, _import_users
            ),
            "rotate-signing-keys": Command(
                "Make the next key that signs access tokens; nobody is logged out.", _no_arguments, _rotate_signing_keys
            ),
        },
    )
