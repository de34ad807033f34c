"""Creates MongoDB users, and a replica set. Idempotent.

A service's user may read and write the database of its own name, and no other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

import structlog
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from common.databases.users import User

log = structlog.get_logger("databases")

Client = AsyncMongoClient[dict[str, Any]]

REPLICA_SET = "rs0"
SERVER_SELECTION_MS = 5_000

_ALREADY_INITIATED = 23
_NOT_YET_INITIATED = 94
_USER_EXISTS = 51003


async def create_users(client: Client, users: Iterable[User]) -> None:
    """Creates each user, or sets its password and roles. `client` must have the rights for that."""
    for user in users:
        database = client[user.database]
        try:
            await database.command("createUser", user.name, pwd=user.password, roles=list(user.roles))
            log.info("user created", user=user.name)
        except OperationFailure as error:
            if error.code != _USER_EXISTS:
                raise
            await database.command("updateUser", user.name, pwd=user.password, roles=list(user.roles))
            log.info("user updated", user=user.name)


async def create_replica_set(members: Sequence[str], keyfile: str, administrator: User) -> None:
    """Initiates a set of `members` (`host:port`), or adds missing members, and creates the administrator. Removes none.

    The key file authenticates as a member, which may do everything: so the first user is created remotely, without the
    localhost exception. Raises PyMongoError while a member does not answer.
    """
    async with _as_member(keyfile, members[0], directConnection=True) as first:
        try:
            await first.admin.command("replSetGetStatus")
        except OperationFailure as error:
            if error.code != _NOT_YET_INITIATED:
                raise
            await _initiate(first, members)
    async with _as_member(keyfile, *members, replicaSet=REPLICA_SET) as client:
        await _add_missing(client, members)
        await create_users(client, [administrator])


async def retry(work: Callable[[], Awaitable[None]], *, seconds: float) -> None:
    """Repeats `work` until it succeeds. Raises its last PyMongoError after `seconds`."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return await work()
        except PyMongoError as error:
            if asyncio.get_running_loop().time() > deadline:
                raise
            log.warning("not yet", reason=type(error).__name__, code=getattr(error, "code", None))
            await asyncio.sleep(1)


async def _initiate(first: Client, members: Sequence[str]) -> None:
    config = {"_id": REPLICA_SET, "members": [{"_id": n, "host": host} for n, host in enumerate(members)]}
    try:
        await first.admin.command("replSetInitiate", config)
        log.info("replica set initiated", members=list(members))
    except OperationFailure as error:
        if error.code != _ALREADY_INITIATED:
            raise


async def _add_missing(client: Client, members: Sequence[str]) -> None:
    for host in members:
        config = (await client.admin.command("replSetGetConfig"))["config"]
        present = {member["host"] for member in config["members"]}
        if host not in present:
            following = max(member["_id"] for member in config["members"]) + 1
            config["members"].append({"_id": following, "host": host})
            # MongoDB accepts one new member at a time, and refuses the next while that one catches up.
            await client.admin.command("replSetReconfig", config | {"version": config["version"] + 1})
            log.info("member added", member=host)


def _as_member(keyfile: str, *members: str, **options: Any) -> Client:
    return AsyncMongoClient(
        list(members),
        username="__system",
        password="".join(keyfile.split()),
        authSource="local",
        authMechanism="SCRAM-SHA-256",
        serverSelectionTimeoutMS=SERVER_SELECTION_MS,
        **options,
    )
