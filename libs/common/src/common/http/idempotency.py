"""`Idempotency-Key`: a repeated POST is answered as the first was, and its effect is made once.

The key, the answer and the effect are written in one transaction, so there is no state in between: killed at any
moment, either all three exist or none. (After the IETF draft "The Idempotency-Key HTTP Header Field", which leaves
that open.)
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from common import clock
from common.errors import HelpdeskError, Unprocessable
from common.http.state import CurrentAppState
from common.mongo import ClientSession, Database, run_in_transaction

COLLECTION = "idempotency_keys"
INDEXES = [IndexModel("at", expireAfterSeconds=24 * 3600)]

Answer = TypeVar("Answer", bound=BaseModel)


class IdempotencyKeyGuard:
    """Runs a command once for a caller's key. Without a key the command simply runs."""

    def __init__(self, db: Database, scope: str, key: str | None) -> None:
        self._db = db
        self._id = hashlib.sha256(f"{scope}\n{key}".encode()).hexdigest() if key else None

    async def run(
        self,
        asked: BaseModel,
        answer: type[Answer],
        command: Callable[[ClientSession | None], Awaitable[Answer]],
        *,
        by: object,
    ) -> Answer:
        """`asked` is the request body; `by` tells callers apart. Raises Unprocessable when the key was used for
        another body.

        `command` may run more than once (its last run counts) and must do nothing but database writes in its session.
        Secrets must be of type SecretStr in `asked`, and not in `answer`: both are kept for a day.
        """
        if self._id is None:
            return await command(None)
        id_ = hashlib.sha256(f"{self._id}\n{by}".encode()).hexdigest()
        # SecretStr prints as asterisks, so no password is in the fingerprint.
        fingerprint = hashlib.sha256(json.dumps(asked.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()

        async def first(session: ClientSession) -> Answer:
            made = await command(session)
            await self._db[COLLECTION].insert_one(
                {"_id": id_, "fingerprint": fingerprint, "answer": made.model_dump(mode="json"), "at": clock.now()},
                session=session,
            )
            return made

        earlier = await self._answered(id_, fingerprint, answer)
        if earlier is not None:
            return earlier
        try:
            return await run_in_transaction(self._db, first)
        except (DuplicateKeyError, HelpdeskError):
            # The same request may have been answered while this one ran: then that answer counts, not our failure.
            earlier = await self._answered(id_, fingerprint, answer)
            if earlier is None:
                raise
            return earlier

    async def _answered(self, id_: str, fingerprint: str, answer: type[Answer]) -> Answer | None:
        found = await self._db[COLLECTION].find_one({"_id": id_})
        if found is None:
            return None
        if found["fingerprint"] != fingerprint:
            raise Unprocessable(
                "This Idempotency-Key was used for another request: use a new one.", code="idempotency_key_reused"
            )
        return answer.model_validate(found["answer"])


async def _once(
    request: Request,
    state: CurrentAppState,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1, max_length=200, description="Makes a retry safe: the same key within 24 h, the same answer."
        ),
    ] = None,
) -> IdempotencyKeyGuard:
    return IdempotencyKeyGuard(state.db, f"{request.method} {request.url.path}", idempotency_key)


IdempotentRequest = Annotated[IdempotencyKeyGuard, Depends(_once)]
