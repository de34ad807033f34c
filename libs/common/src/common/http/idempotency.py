"""`Idempotency-Key`: a repeated POST gets the first response and has no second effect.

The key, the response and the effect are written in one transaction: after a crash either all three exist or none.
(After the IETF draft "The Idempotency-Key HTTP Header Field", which leaves that open.)
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from common import clock
from common.errors import HelpdeskError, Unprocessable
from common.http.schemas import View
from common.http.state import CurrentAppState
from common.mongo import ClientSession, Database, run_in_transaction

COLLECTION = "idempotency_keys"
INDEXES = [IndexModel("at", expireAfterSeconds=24 * 3600)]

V = TypeVar("V", bound=View)


class IdempotencyKeyGuard:
    """Runs a command once per caller and key. Without a key the command runs every time."""

    def __init__(self, db: Database, scope: str, key: str | None) -> None:
        self._db = db
        self._id = hashlib.sha256(f"{scope}\n{key}".encode()).hexdigest() if key else None

    async def run(
        self,
        body: BaseModel,
        view_type: type[V],
        command: Callable[[ClientSession | None], Awaitable[BaseModel]],
        *,
        by: object,
        limit: Callable[[], Awaitable[None]] | None = None,
    ) -> V:
        """`body` is the request body; `by` identifies the caller. The response shows the document that `command`
        returns. `limit` counts the request against rate limits; a repeated request is answered without it. Raises
        Unprocessable if the key was used with another body.

        `command` may run more than once (its last run counts) and must only write to the database in its session.
        Secrets must be SecretStr in `body` and must not be in the response: both are stored for a day.
        """
        earlier = await self.find_response(body, view_type, by=by)
        if earlier is not None:
            return earlier
        if limit is not None:
            await limit()
        if self._id is None:
            return view_type.of(await command(None))
        id_, fingerprint = self._id_for(by), _fingerprint(body)

        async def execute(session: ClientSession) -> V:
            view = view_type.of(await command(session))
            response = view.model_dump(mode="json")
            answered = {"_id": id_, "fingerprint": fingerprint, "response": response, "at": clock.now()}
            await self._db[COLLECTION].insert_one(answered, session=session)
            return view

        try:
            return await run_in_transaction(self._db, execute)
        except (DuplicateKeyError, HelpdeskError):
            # A concurrent request with the same key may have been answered meanwhile: then its response counts.
            earlier = await self.find_response(body, view_type, by=by)
            if earlier is None:
                raise
            return earlier

    async def find_response(self, body: BaseModel, view_type: type[V], *, by: object) -> V | None:
        """The response of an earlier request with this key; None without a key. Raises Unprocessable if the key was
        used with another body."""
        found = await self._find(by)
        if found is None:
            return None
        if found["fingerprint"] != _fingerprint(body):
            raise Unprocessable(
                "This Idempotency-Key was used for another request. Use a new one.", code="idempotency_key_reused"
            )
        return view_type.model_validate(found["response"])

    async def is_repeated(self, *, by: object) -> bool:
        """Whether this caller's key was used before, with whatever body."""
        return await self._find(by) is not None

    async def _find(self, by: object) -> dict[str, Any] | None:
        return None if self._id is None else await self._db[COLLECTION].find_one({"_id": self._id_for(by)})

    def _id_for(self, by: object) -> str:
        return hashlib.sha256(f"{self._id}\n{by}".encode()).hexdigest()


def _fingerprint(body: BaseModel) -> str:
    # SecretStr serialises as asterisks, so no password is in it.
    return hashlib.sha256(json.dumps(body.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()


async def _idempotent_request(
    request: Request,
    state: CurrentAppState,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=200,
            description="Makes a retry safe: the same key returns the same response for 24 hours.",
        ),
    ] = None,
) -> IdempotencyKeyGuard:
    return IdempotencyKeyGuard(state.db, f"{request.method} {request.url.path}", idempotency_key)


IdempotentRequest = Annotated[IdempotencyKeyGuard, Depends(_idempotent_request)]
