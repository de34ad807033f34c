"""MongoDB: client, start-up preparation, transactions, and the classification of errors."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from datetime import UTC, date
from typing import Any, TypeVar

import pymongo
from beanie import Document, init_beanie
from beanie.odm.utils.encoder import DEFAULT_CUSTOM_ENCODERS
from bson.codec_options import CodecOptions, TypeEncoder, TypeRegistry
from pymongo import AsyncMongoClient, IndexModel, ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import BulkWriteError, ConnectionFailure, OperationFailure, PyMongoError, WriteConcernError

from common.settings import Settings

Database = AsyncDatabase[dict[str, Any]]
Collection = AsyncCollection[dict[str, Any]]
ClientSession = AsyncClientSession
T = TypeVar("T")

INDEXING_SECONDS = 600
"""Building an index on a large collection takes minutes."""

_NAMESPACE_EXISTS = 48


class _DayEncoder(TypeEncoder):
    """Stores and compares days as text, `YYYY-MM-DD` (`common.days`)."""

    python_type = date

    def transform_python(self, value: date) -> str:
        return value.isoformat()


CODEC_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True, tzinfo=UTC, uuid_representation=4, type_registry=TypeRegistry([_DayEncoder()])
)
DEFAULT_CUSTOM_ENCODERS[date] = date.isoformat  # Beanie would store a datetime, which such a query does not find


def connect(url: str, *, name: str, seconds: float = 10) -> AsyncMongoClient[dict[str, Any]]:
    """A client for the life of the process. It connects in the background: MongoDB may be down when the service starts.
    Writes wait for the journal of a majority, so an acknowledged write survives kill -9 of any server.

    `seconds` bounds each operation. Use only this or `pymongo.timeout` to bound operations: before Python 3.12 a task
    cancelled while the driver waits for a server (`asyncio.wait_for`) can leave the driver's lock taken forever
    (docs/decisions/0010).
    """
    return AsyncMongoClient(
        url,
        appname=name,
        w="majority",
        journal=True,
        connectTimeoutMS=2_000,
        serverSelectionTimeoutMS=2_000,  # bounds only `close`: operations use `timeoutMS`
        timeoutMS=int(seconds * 1000),
    )


def database(client: AsyncMongoClient[dict[str, Any]]) -> Database:
    """The service's own database, named in the URL's path."""
    return client.get_default_database(codec_options=CODEC_OPTIONS)


def connect_database(settings: Settings, name: str) -> Database:
    """The database of the service `name`, with a client for the life of the process."""
    return database(connect(settings.mongo_url.get_secret_value(), name=name, seconds=settings.database_seconds))


async def prepare(db: Database, documents: Sequence[type[Document]], indexes: dict[str, list[IndexModel]]) -> None:
    """Creates missing collections and indexes and binds Beanie. Idempotent, also when run concurrently.

    Collections are created here because a transaction that creates one implicitly fails under concurrency.
    """
    with pymongo.timeout(INDEXING_SECONDS):
        existing = set(await db.list_collection_names())
        for name in {*indexes, *(document.Settings.name for document in documents)} - existing:
            try:
                await db.create_collection(name, check_exists=False)
            except OperationFailure as error:
                if error.code != _NAMESPACE_EXISTS:  # another replica was faster
                    raise
        for name, models in indexes.items():
            if models:
                await db[name].create_indexes(models)
        await init_beanie(database=db, document_models=list(documents))


_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("call_after_commit", default=None)


def call_after_commit(call: Callable[[], None]) -> None:
    """Calls after the surrounding transaction has committed, or at once outside a transaction."""
    waiting = _after_commit.get()
    if waiting is None:
        call()
    else:
        waiting.append(call)


async def run_in_transaction(
    db: Database, work: Callable[[ClientSession], Awaitable[T]], session: ClientSession | None = None
) -> T:
    """Runs `work` atomically, within the transaction of `session` if there is one. `work` may run more than once and
    must only write to the database."""
    if session is not None:
        return await work(session)
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


async def insert_ignore_existing(collection: Collection, documents: Sequence[dict[str, Any]]) -> None:
    """Inserts the documents whose `_id` does not exist yet. Idempotent, also concurrently. Raises BulkWriteError if
    another unique key is taken."""
    try:
        await collection.insert_many(documents, ordered=False)
    except BulkWriteError as error:
        problems = error.details["writeErrors"]
        if error.details["writeConcernErrors"] or any(each.get("keyPattern") != {"_id": 1} for each in problems):
            raise


async def upsert_computed(collection: Collection, id_: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Sets the fields of document `id_` to aggregation expressions and returns the document after that. Raises
    DuplicateKeyError if another replica created it at the same moment."""
    update, after = [{"$set": fields}], ReturnDocument.AFTER
    found = await collection.find_one_and_update({"_id": id_}, update, upsert=True, return_document=after)
    return require_document(found)


def require_document(document: dict[str, Any] | None) -> dict[str, Any]:
    """The result of an upsert with ReturnDocument.AFTER, which is never None; the driver's types do not say so."""
    if document is None:
        raise RuntimeError("an upsert returned no document")
    return document


def is_outage(error: BaseException) -> bool:
    """Whether the same command may succeed once MongoDB is back, as opposed to an invalid command."""
    # The driver also raises ConnectionFailure for a server that stops or is no longer primary.
    if isinstance(error, ConnectionFailure | WriteConcernError):
        return True
    # `timeout`: the operation timed out. The label: the server of a transaction died in the middle.
    return isinstance(error, PyMongoError) and (error.timeout or error.has_error_label("TransientTransactionError"))


def cancellation_requested() -> bool:
    """Whether this task was cancelled although the driver swallowed the cancellation, as `asyncio.wait_for` may before
    Python 3.12. Loops check it to stop."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
