"""Messages that could not be handled, stored with the reason until a person replays or discards them."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from nats.errors import Error as NatsError
from nats.js.api import RawStreamMsg
from nats.js.errors import BadRequestError, NotFoundError

from common import clock
from common.errors import NotFound, Unavailable
from common.messaging import wire
from common.messaging.broker import Broker
from common.messaging.delivery import RawMessage
from common.messaging.origin import original_subject
from common.messaging.publisher import JetStreamPublisher
from common.messaging.results import Reject
from common.messaging.topology import dead_letters_of, replay_subject
from common.times import to_utc

REASON, HANDLER, ATTEMPTS, SUBJECT, FAILED_AT = (
    f"Helpdesk-Dead-{name}" for name in ("Reason", "Handler", "Attempts", "Subject", "At")
)
MAX_REASON_LENGTH = 1000
"""In characters, each of up to 12 bytes in a header. All headers of a dead letter together are shorter than
DEAD_LETTER_RESERVE_BYTES (publisher.py)."""
MAX_SUBJECT_LENGTH = 500
"""In characters of the header, for what is no subject of an event."""
_EVENT_SUBJECT = re.compile(r"[a-z_]{1,80}(\.[a-z_]{1,80}){2}\.v[0-9]{1,9}(\.[0-9a-f-]{36}){2}")
_ATTEMPTS = re.compile("[0-9]{1,9}")
_UNKNOWN = "unknown"
_OURS = {REASON, HANDLER, ATTEMPTS, SUBJECT, FAILED_AT}


@dataclass(frozen=True)
class DeadLetter:
    """`sequence` is its number in the dead-letter stream; `subject`, `headers` and `body` are those of the original
    message. One that was published by hand, without the headers that a service adds, says `unknown` where it lacks
    them."""

    sequence: int
    reason: str
    handler: str
    attempts: int
    subject: str
    failed_at: datetime
    headers: dict[str, str]
    body: str

    @property
    def event_type(self) -> str:
        """With the version."""
        return self.headers.get("ce-type", _UNKNOWN)

    @property
    def event_id(self) -> str | None:
        return self.headers.get("ce-id")

    @property
    def organisation_id(self) -> str | None:
        """Whose event it was, as its subject says: `<service>.<aggregate>.<fact>.v<N>.<organisation id>.<id>`."""
        return self.subject.split(".")[4] if _EVENT_SUBJECT.fullmatch(self.subject) else None


class DeadLetters:
    """One service's own."""

    def __init__(self, broker: Broker, service: str) -> None:
        self._broker = broker
        self._publisher = JetStreamPublisher(broker)
        self._service = service
        self._stream = dead_letters_of(service)
        self._prefix = f"dead_letters.{service}."

    async def store(self, message: RawMessage, failure: Reject, *, attempts: int) -> None:
        """Stores a message with what is known of its failure. Stored again within JetStream's de-duplication window, as
        after being killed before it was acknowledged, it is stored once. Raises Unavailable."""
        original = original_subject(message.subject, self._service)
        subject = self._prefix + _stored_subject(original)
        reason = " ".join(failure.reason.split())[:MAX_REASON_LENGTH]
        headers = {
            **message.headers,
            REASON: quote(reason, safe=wire.PRINTABLE + " ", errors="replace"),
            HANDLER: failure.handler,
            ATTEMPTS: str(attempts),
            SUBJECT: quote(original, safe=wire.PRINTABLE, errors="replace")[:MAX_SUBJECT_LENGTH],
            FAILED_AT: clock.rfc3339(clock.now()),
            wire.MESSAGE_ID: f"dead:{message.id}",
            # The message's own id gives way to the one above; it is the event's id, which ce-id still says.
        }
        acknowledgement = await self._publisher.send(subject, headers, message.body)
        if acknowledgement.duplicate and not await self._has(acknowledgement.seq, message):
            # The id was that of another message: numbers begin anew when a stream is lost.
            await self._publisher.send_again(subject, headers, message.body)

    async def list(self, *, after: int = 0, organisation: str | None = None) -> AsyncIterator[DeadLetter]:
        """Oldest first, from the one after sequence `after`; all, or those of one organisation. Raises Unavailable."""
        wanted = self._prefix + (f"*.*.*.*.{organisation}.*" if organisation else ">")
        while True:
            try:
                found = await self._get(after + 1, following=wanted)
            except NotFound:
                return
            yield found
            after = found.sequence

    async def show(self, sequence: int) -> DeadLetter:
        """Raises NotFound, Unavailable."""
        return await self._get(sequence)

    async def replay(self, sequence: int) -> None:
        """Hands it to the service again, through the same handlers and with all attempts before it.

        Raises NotFound, Unavailable. Killed in between, it stays here and may be replayed again: its effect is
        still made once.
        """
        letter = await self._get(sequence)
        subject = replay_subject(self._service, self._service, _stored_subject(letter.subject))
        await self._publisher.send_again(subject, letter.headers, letter.body.encode())
        await self.discard(sequence)

    async def discard(self, sequence: int) -> None:
        """Removes it for good. Raises NotFound, Unavailable."""
        # Asked to delete one that never was, JetStream answers as if its storage had failed.
        await self.show(sequence)
        with _translated_errors(sequence):
            await self._broker.jetstream.delete_msg(self._stream, sequence)

    async def _has(self, sequence: int, message: RawMessage) -> bool:
        """Whether that dead letter is this message's."""
        try:
            letter = await self._get(sequence)
        except NotFound:
            return False
        given = {name: value for name, value in message.headers.items() if name != wire.MESSAGE_ID}
        stored = {name: value for name, value in letter.headers.items() if name != wire.MESSAGE_ID}
        return (stored, letter.body) == (given, message.body.decode(errors="replace"))

    async def _get(self, sequence: int, *, following: str | None = None) -> DeadLetter:
        """That one, or the first from there on with a subject like `following`."""
        with _translated_errors(sequence):
            jetstream = self._broker.jetstream
            found = await jetstream.get_msg(self._stream, sequence, subject=following, next=following is not None)
            return _letter(found, self._prefix)


@contextmanager
def _translated_errors(sequence: int) -> Iterator[None]:
    try:
        yield
    except (NotFoundError, BadRequestError):
        raise NotFound(f"There is no dead letter {sequence}.") from None
    except (NatsError, OSError) as error:
        raise Unavailable(f"NATS is away: {type(error).__name__} {error}") from error


def _stored_subject(original: str) -> str:
    """The subject below which a message is stored and replayed. A publisher may choose one so long that NATS would
    close the connection over its dead letter, or of characters that JetStream does not find again."""
    return original if _EVENT_SUBJECT.fullmatch(original) else _UNKNOWN


def _letter(message: RawStreamMsg, prefix: str) -> DeadLetter:
    headers = {str(name): str(value) for name, value in (message.headers or {}).items()}
    attempts = headers.get(ATTEMPTS, "")
    subject = (message.subject or "").removeprefix(prefix)
    return DeadLetter(
        sequence=message.seq or 0,
        reason=unquote(headers.get(REASON, _UNKNOWN)),
        handler=headers.get(HANDLER, _UNKNOWN),
        attempts=int(attempts) if _ATTEMPTS.fullmatch(attempts) else 0,
        subject=headers.get(SUBJECT, subject) if subject == _UNKNOWN else subject,
        failed_at=_time(headers.get(FAILED_AT, "")) or message.time or clock.now(),
        headers={name: value for name, value in headers.items() if name not in _OURS},
        body=(message.data or b"").decode(errors="replace"),
    )


def _time(written: str) -> datetime | None:
    """None for what is no time with an offset."""
    try:
        at = datetime.fromisoformat(written)
        return to_utc(at) if at.tzinfo is not None else None
    except ValueError:
        return None
