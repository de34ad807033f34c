"""`python -m common.databases provision`: creates the MongoDB users, and the replica set where --members lists any.

HELPDESK_MONGO_ADMIN_URL      of the user that creates users
HELPDESK_MONGO_URL_<NAME>     for each user, the URL that it logs in with
HELPDESK_MONGO_KEYFILE        path of the replica set's key file, with --members
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from common.databases.provision import SERVER_SELECTION_MS, Client, create_replica_set, create_users, retry
from common.databases.users import administrator_of, user_of
from common.telemetry import configure_logging

_PREFIX = "HELPDESK_MONGO_URL_"


async def _provision(members: list[str], wait: float) -> None:
    url = os.environ["HELPDESK_MONGO_ADMIN_URL"]
    administrator = administrator_of(url)
    users = [user_of(value) for name, value in sorted(os.environ.items()) if name.startswith(_PREFIX)]

    async def replica_set() -> None:
        keyfile = await asyncio.to_thread(Path(os.environ["HELPDESK_MONGO_KEYFILE"]).read_text)
        await create_replica_set(members, keyfile, administrator)

    async def all_users() -> None:
        client: Client = AsyncMongoClient(url, serverSelectionTimeoutMS=SERVER_SELECTION_MS)
        async with client:
            await create_users(client, users)

    if members:
        await retry(replica_set, seconds=wait)
    await retry(all_users, seconds=wait)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m common.databases")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("provision", help="create users, and the replica set of --members; safe to repeat")
    command.add_argument("--members", default="", help="host:port, separated by commas; none for a managed MongoDB")
    command.add_argument("--wait", type=float, default=120, help="seconds to wait for MongoDB")
    arguments = parser.parse_args()
    configure_logging("databases", "info")
    try:
        asyncio.run(_provision([each for each in arguments.members.split(",") if each], arguments.wait))
    except KeyError as error:
        sys.exit(f"set {error.args[0]}")
    except ValueError as error:
        sys.exit(str(error))
    except PyMongoError as error:
        sys.exit(f"MongoDB refused, or did not answer within {arguments.wait:g} s: {type(error).__name__} {error}")


if __name__ == "__main__":
    main()
