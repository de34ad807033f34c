"""Dead letters over HTTP: admins see those of their organisation, operators those of all, without the data
(docs/decisions/0039)."""

from typing import Annotated, Any, Self

import pydantic_core
from fastapi import Path
from pydantic import BaseModel

from common.cursors import Order, decode_cursor, encode_cursor
from common.dead_letter_actions import DeadLetterActions
from common.errors import Forbidden, NotFound
from common.http.identity import CurrentUser
from common.http.paging import Page, PageQuery
from common.http.routing import Router
from common.http.schemas import Time
from common.http.state import AppState, CurrentAppState
from common.messaging.dead_letter import DeadLetter
from common.principal import Principal

SEQUENCE_ASCENDING: Order = [("sequence", int, 1)]
Sequence = Annotated[int, Path(ge=1, lt=2**63)]


class DeadLetterView(BaseModel):
    """An event that a service could not handle. `sequence` identifies it; `data` is the event's data, or the message's
    text if that is no JSON that a response can contain. It is null for operators, who see nothing that people wrote.
    Where `omitted_bytes` is not 0, the message was too large, and the reason says where it is; it cannot be
    replayed."""

    sequence: int
    event_id: str | None
    event_type: str
    subject: str
    organisation_id: str | None
    reason: str
    handler: str
    attempts: int
    failed_at: Time
    data: Any
    omitted_bytes: int

    @classmethod
    def of(cls, letter: DeadLetter, reader: Principal) -> Self:
        return cls(
            sequence=letter.sequence,
            event_id=letter.event_id,
            event_type=letter.event_type,
            subject=letter.subject,
            organisation_id=letter.organisation_id,
            reason=letter.reason,
            handler=letter.handler,
            attempts=letter.attempts,
            failed_at=letter.failed_at,
            omitted_bytes=letter.omitted_bytes,
            data=None if reader.role == "operator" else _data_of(letter),
        )


def _data_of(letter: DeadLetter) -> Any:
    try:
        # Unlike Python's `json` it refuses what a response cannot contain: NaN, half a character, deep nesting.
        return pydantic_core.from_json(letter.body, allow_inf_nan=False)
    except ValueError:
        return letter.body


def dead_letter_router(service: str) -> Router:
    router = Router(prefix=f"/dead-letters/{service}", tags=["dead letters"])

    @router.get("", name=f"list_dead_letters_of_{service}")
    async def list_dead_letters(user: CurrentUser, state: CurrentAppState, page: PageQuery) -> Page[DeadLetterView]:
        """Events that this service could not handle, oldest first."""
        after = 0 if page.cursor is None else decode_cursor(page.cursor, SEQUENCE_ASCENDING)[0]
        found: list[DeadLetter] = []
        async for letter in state.dead_letters.list(after=after, organisation=_visible_organisation(user)):
            found.append(letter)
            if len(found) > page.limit:
                break
        shown = found[: page.limit]
        more = len(found) > page.limit
        next_cursor = encode_cursor({"sequence": shown[-1].sequence}, SEQUENCE_ASCENDING) if more else None
        return Page(items=[DeadLetterView.of(each, user) for each in shown], next_cursor=next_cursor)

    @router.get("/{sequence}", name=f"get_dead_letter_of_{service}")
    async def get_dead_letter(sequence: Sequence, user: CurrentUser, state: CurrentAppState) -> DeadLetterView:
        """One dead letter."""
        return DeadLetterView.of(await _load(sequence, user, state), user)

    @router.post("/{sequence}/replay", status_code=204, name=f"replay_dead_letter_of_{service}")
    async def replay_dead_letter(sequence: Sequence, user: CurrentUser, state: CurrentAppState) -> None:
        """Delivers it to the service again, with all its attempts. If these fail, it becomes a dead letter again. The
        audit trail of its organisation names who did it."""
        letter = await _load(sequence, user, state)
        await DeadLetterActions(service, state.db, state.dead_letters).replay(letter, user.actor)

    @router.delete("/{sequence}", status_code=204, name=f"discard_dead_letter_of_{service}")
    async def discard_dead_letter(sequence: Sequence, user: CurrentUser, state: CurrentAppState) -> None:
        """Deletes it. The event is never handled. The audit trail of its organisation names who did it."""
        letter = await _load(sequence, user, state)
        await DeadLetterActions(service, state.db, state.dead_letters).discard(letter, user.actor)

    return router


def _visible_organisation(user: Principal) -> str | None:
    """The organisation whose dead letters the caller may see; None for all. Raises Forbidden."""
    if user.role not in ("admin", "operator"):
        raise Forbidden("Only admins and operators can manage dead letters.")
    return str(user.organisation_id) if user.role == "admin" else None


async def _load(sequence: int, user: Principal, state: AppState) -> DeadLetter:
    organisation = _visible_organisation(user)
    letter = await state.dead_letters.show(sequence)
    if organisation is not None and letter.organisation_id != organisation:
        raise NotFound(f"There is no dead letter {sequence}.")
    return letter
