"""MongoDB: the client, what must exist before the first command, transactions, and outages told from mistakes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from datetime import UTC
from typing import Any, TypeVar

import pymongo
from beanie import Document, init_beanie
from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, IndexModel
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    CollectionInvalid,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteConcernError,
)

Database = AsyncDatabase[dict[str, Any]]
ClientSession = AsyncClientSession
T = TypeVar("T")

_AWAY = (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
    WriteConcernError,
)
INDEXING_SECONDS = 600
"""A new index on a large collection takes its time."""

_SHUTTING_DOWN = {91, 189, 10107, 11600, 11602, 13435, 13436}
"""Server error codes of a member that is stopping or is no longer primary."""


class Client(AsyncMongoClient[dict[str, Any]]):
    """The connections of one process. They are made in the background: MongoDB may be away when the service starts.

    Writes wait for the journal of a majority, so what was answered survives kill -9 of any server.
    """

    def __init__(self, url: str, *, name: str, seconds: float) -> None:
        super().__init__(url, **_options(name), timeoutMS=int(seconds * 1000))


def _options(name: str) -> dict[str, Any]:
    return {
        "appname": name,
        "tz_aware": True,
        "tzinfo": UTC,
        "uuidRepresentation": "standard",
        "w": "majority",
        "journal": True,
        "connectTimeoutMS": 2_000,
        "serverSelectionTimeoutMS": 2_000,  # bounds only `close`: operations go by `timeoutMS` instead
    }


def connect(url: str, *, name: str, seconds: float = 10) -> Client:
    """A client for the life of the process. `seconds` bounds each operation.

    Bound them only like this, or with `pymongo.timeout`: before Python 3.12 a task that is cancelled while the driver
    waits for a server (`asyncio.wait_for`) can leave the driver's lock taken for ever (docs/decisions/0010).
    """
    return Client(url, name=name, seconds=seconds)


def database(client: AsyncMongoClient[dict[str, Any]]) -> Database:
    """The service's own database, named in the URL's path."""
    return client.get_default_database(codec_options=CodecOptions(tz_aware=True, tzinfo=UTC, uuid_representation=4))


async def prepare(db: Database, documents: Sequence[type[Document]], indexes: dict[str, list[IndexModel]]) -> None:
    """Creates what is missing: collections, indexes, Beanie's bindings. Safe to run any number of times, at once too.

    Collections are created here because a transaction that creates one on the way fails under concurrency.
    """
    with pymongo.timeout(INDEXING_SECONDS):
        await _prepare(db, documents, indexes)


async def _prepare(db: Database, documents: Sequence[type[Document]], indexes: dict[str, list[IndexModel]]) -> None:
    require_document = set(await db.list_collection_names())
    for name in {*indexes, *(document.Settings.name for document in documents)} - require_document:
        try:
            await db.create_collection(name)
        except CollectionInvalid:
            pass  # another replica was faster
        except OperationFailure as error:
            if error.code != 48:  # NamespaceExists
                raise
    for name, models in indexes.items():
        if models:
            await db[name].create_indexes(models)
    await init_beanie(database=db, document_models=list(documents))


_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("call_after_commit", default=None)


def call_after_commit(call: Callable[[], None]) -> None:
    """Calls once what was written is there for others to see: when the transaction around has committed, or now."""
    waiting = _after_commit.get()
    if waiting is None:
        call()
    else:
        waiting.append(call)


async def run_in_transaction(db: Database, work: Callable[[ClientSession], Awaitable[T]]) -> T:
    """All of `work` or none of it. `work` may run more than once and must do nothing but database writes."""
    waiting: list[Callable[[], None]] = []

    async def attempt(session: ClientSession) -> T:
        waiting.clear()
        return await work(session)

    token = _after_commit.set(waiting)
    try:
        async with db.client.start_session() as session:
            result = await session.with_transaction(attempt)
    finally:
        _after_commit.reset(token)
    for call in waiting:
        call_after_commit(call)
    return result


async def insert_ignore_existing(
    collection: AsyncCollection[dict[str, Any]], documents: Sequence[dict[str, Any]]
) -> None:
    """Inserts those whose `_id` is not there yet. Done again, or by two replicas at once, it completes what is missing.
    Raises BulkWriteError where another unique key is taken, or for any other reason."""
    try:
        await collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        problems = error.details["writeErrors"]
        if error.details["writeConcernErrors"] or any(each.get("keyPattern") != {"_id": 1} for each in problems):
            raise


def require_document(document: dict[str, Any] | None) -> dict[str, Any]:
    """What an upsert that returns the document after it always has; the driver's types can not say so."""
    if document is None:
        raise RuntimeError("an upsert returned no document")
    return document


def is_outage(error: BaseException) -> bool:
    """Whether the same command may work once MongoDB is back, as opposed to a command that is wrong."""
    if isinstance(error, _AWAY):
        return True
    if isinstance(error, OperationFailure) and error.code in _SHUTTING_DOWN:
        return True
    # `timeout`: the time allowed ran out. The label: a transaction's server died in the middle.
    return isinstance(error, PyMongoError) and (error.timeout or error.has_error_label("TransientTransactionError"))


def cancellation_requested() -> bool:
    """Whether this task was cancelled and the driver swallowed that, as it may before Python 3.12: it writes to its
    socket within `asyncio.wait_for`. For loops that would else go on."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
