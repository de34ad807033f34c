"""`python -m auth …`: runs the service, and manages users from the command line."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from getpass import getpass
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from auth.address_migration import migrate_invitations, migrate_users
from auth.app import build, key_rotator
from auth.organisation.document import Organisation
from auth.passwords import Passwords, validate_password
from auth.settings import AuthSettings
from auth.user.document import User
from auth.user.errors import EmailReserved
from auth.user.schemas import Password, PersonName
from common.addresses import EmailAddress
from common.command_line import Arguments, Command, main
from common.errors import Unprocessable
from common.events import Role
from common.lifecycle import Service


class NewUser(BaseModel):
    """One user in the list that `import-users` reads."""

    email: EmailAddress
    name: PersonName
    role: Role = "customer"
    password: Password


async def _create_user(new: NewUser, organisation: str | None) -> bool:
    """False where the address has an account, which stays as it is. Raises EmailReserved, ValueError."""
    target = await Organisation.by_slug(organisation)
    if await User.find_by_email(target.id, new.email) is not None:
        return False
    password = new.password.get_secret_value()
    try:
        validate_password(password, new.email, (new.name, *target.names))
    except Unprocessable as error:
        raise ValueError(f"{new.email}: {error}") from None
    password_hash = await Passwords().hash(password)
    if new.role == "operator":
        await target.mark_operators()
    # The operator vouches for the address.
    await User.register(target.id, new.email, new.name, new.role, password_hash, email_verified=True).commit()
    return True


def _create(role: Role) -> Callable[[Service, Arguments], Awaitable[None]]:
    async def create(service: Service, arguments: Arguments) -> None:
        async with service.prepared():
            password = sys.stdin.readline().rstrip("\n") if not sys.stdin.isatty() else getpass("Password: ")
            try:
                given = {"email": arguments.email, "name": arguments.name, "role": role, "password": password}
                new = NewUser.model_validate(given)
            except ValidationError as error:
                raise ValueError(_without_input(error)) from None
            if not await _create_user(new, arguments.organisation):
                raise ValueError(f"{arguments.email} already has an account")
            print(f"created {arguments.email} ({role})")

    return create


async def _rotate_signing_keys(service: Service, _arguments: Arguments) -> None:
    async with service.prepared():
        settings = AuthSettings()
        key = await key_rotator(settings).rotate()
        lead = settings.signing_key_lead_seconds
        print(f"key {key.kid} signs {lead:g} s after a worker has published it; the previous key then only verifies")


async def _import_users(service: Service, arguments: Arguments) -> None:
    async with service.prepared():
        users = _read_users(arguments.file)
        created, refused = 0, 0
        for user in users:
            try:
                created += await _create_user(user, arguments.organisation)
            except EmailReserved as error:
                refused += 1
                print(f"{user.email}: {error}")
        summary = f"{created} accounts created, {len(users) - created - refused} already existed"
        print(f"{summary}, {refused} refused" if refused else summary)


async def _migrate_addresses(service: Service, _arguments: Arguments) -> None:
    async with service.prepared():
        kept = [sentence async for sentence in migrate_users()]
        kept += [sentence async for sentence in migrate_invitations()]
        print("\n".join([*kept, f"addresses are migrated; {len(kept)} stay as they are"]))


def _read_users(file: str) -> list[NewUser]:
    text = sys.stdin.read() if file == "-" else Path(file).read_text()
    try:
        return TypeAdapter(list[NewUser]).validate_json(text)
    except ValidationError as error:
        raise ValueError(f"the list of users cannot be read: {_without_input(error)}") from None


def _without_input(error: ValidationError) -> str:
    """What is wrong and where, without the input: it contains passwords."""
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))


def _add_organisation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--organisation", help="its short name; by default the default organisation")


def _add_account(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", required=True)
    _add_organisation(parser)
    parser.epilog = "The password is read from the terminal, or as one line from standard input."


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="JSON: [{email, name, role, password}, …]; - reads standard input")
    _add_organisation(parser)


COMMANDS = {
    "create-admin": Command("Create an admin of an organisation.", _create("admin"), _add_account),
    "create-operator": Command("Create an operator, who manages organisations.", _create("operator"), _add_account),
    "import-users": Command(
        "Create users. Existing accounts stay as they are. Lists reserved addresses.", _import_users, _add_file
    ),
    "migrate-addresses": Command(
        "Store all addresses in their present form. Lists those that stay as they are.", _migrate_addresses
    ),
    "rotate-signing-keys": Command(
        "Create the next key that signs access tokens. Sessions continue.", _rotate_signing_keys
    ),
}

if __name__ == "__main__":
    main("auth", lambda _role: build(AuthSettings()), COMMANDS)
