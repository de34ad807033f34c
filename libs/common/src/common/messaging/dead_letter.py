"""Messages that could not be handled, stored with the reason until a person replays or discards them.

A dead letter has more headers than its message. Where NATS does not take it for that reason, it describes the message
instead: without the body, with the headers that fit, and with the place of the message in its stream.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from nats.errors import Error as NatsError
from nats.js.api import RawStreamMsg
from nats.js.errors import BadRequestError, NotFoundError

from common import clock
from common.errors import Conflict, NotFound, Unavailable
from common.messaging import wire
from common.messaging.broker import Broker
from common.messaging.delivery import RawMessage
from common.messaging.origin import original_subject
from common.messaging.publisher import JetStreamPublisher, PublishRefused, header_size, message_size
from common.messaging.results import Reject
from common.messaging.topology import dead_letters_of, replay_subject
from common.times import to_utc

REASON, HANDLER, ATTEMPTS, SUBJECT, FAILED_AT, OMITTED = (
    f"Helpdesk-Dead-{name}" for name in ("Reason", "Handler", "Attempts", "Subject", "At", "Omitted-Bytes")
)
MAX_REASON_LENGTH = 1000
"""In characters, each of up to 12 bytes in a header. All headers of a dead letter together are shorter than
DEAD_LETTER_RESERVE_BYTES (publisher.py)."""
MAX_SUBJECT_LENGTH = 500
"""In characters of the header, for what is no subject of an event."""
MAX_KEPT_HEADER_BYTES = 16 * 1024
"""Of a message that is only described. The headers of an event are shorter."""
_EVENT_SUBJECT = re.compile(r"[a-z_]{1,80}(\.[a-z_]{1,80}){2}\.v[0-9]{1,9}(\.[0-9a-f-]{36}){2}")
_NUMBER = re.compile("[0-9]{1,9}")
_UNKNOWN = "unknown"
_OURS = {REASON, HANDLER, ATTEMPTS, SUBJECT, FAILED_AT, OMITTED}


@dataclass(frozen=True)
class DeadLetter:
    """`sequence` is its number in the dead-letter stream; `subject`, `headers` and `body` are those of the original
    message. One that was published by hand, without the headers that a service adds, says `unknown` where it lacks
    them. If `omitted_bytes` is not 0, headers and body are not complete, and the reason says where the message is."""

    sequence: int
    reason: str
    handler: str
    attempts: int
    subject: str
    failed_at: datetime
    headers: dict[str, str]
    body: str
    omitted_bytes: int = 0

    def require_complete(self) -> None:
        """Raises Conflict where it only describes the message."""
        if self.omitted_bytes:
            raise Conflict(
                "The message does not fit into a dead letter, so it cannot be replayed from here. Its reason says where"
                " the message is. Discard the dead letter once nobody needs it.",
                code="dead_letter_incomplete",
            )

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
        ours = {
            HANDLER: failure.handler,
            ATTEMPTS: str(attempts),
            SUBJECT: quote(original, safe=wire.PRINTABLE, errors="replace")[:MAX_SUBJECT_LENGTH],
            FAILED_AT: clock.rfc3339(clock.now()),
            wire.MESSAGE_ID: f"dead:{message.id}",
            # The message's own id gives way to the one above; it is the event's id, which ce-id still says.
        }
        try:
            await self._send(subject, {**message.headers, **ours, REASON: _quoted(reason)}, message.body)
        except PublishRefused:
            kept = _fitting(message.headers)
            omitted = message_size(message.headers, message.body) - message_size(kept, b"")
            place = (
                f"Message {message.sequence} of the stream {message.stream} has {omitted} bytes that do not fit here."
            )
            described = {REASON: _quoted(f"{reason}. {place}"), OMITTED: str(omitted)}
            await self._send(subject, {**kept, **ours, **described}, b"")

    async def _send(self, subject: str, headers: dict[str, str], body: bytes) -> None:
        acknowledgement = await self._publisher.send(subject, headers, body)
        if acknowledgement.duplicate and not await self._has(acknowledgement.seq, headers, body):
            # The id was that of another message: numbers begin anew when a stream is lost.
            await self._publisher.send_again(subject, headers, body)

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

        Raises NotFound, Unavailable, and Conflict where it only describes the message. Killed in between, it stays here
        and may be replayed again: its effect is still made once.
        """
        letter = await self._get(sequence)
        letter.require_complete()
        subject = replay_subject(self._service, self._service, _stored_subject(letter.subject))
        await self._publisher.send_again(subject, letter.headers, letter.body.encode())
        await self.discard(sequence)

    async def discard(self, sequence: int) -> None:
        """Removes it for good. Raises NotFound, Unavailable."""
        # Asked to delete one that never was, JetStream answers as if its storage had failed.
        await self.show(sequence)
        with _translated_errors(sequence):
            await self._broker.jetstream.delete_msg(self._stream, sequence)

    async def _has(self, sequence: int, headers: Mapping[str, str], body: bytes) -> bool:
        """Whether that dead letter is this one, less what is said of the failure."""
        try:
            letter = await self._get(sequence)
        except NotFound:
            return False
        of_message = {name: value for name, value in headers.items() if name not in _OURS}
        omitted = int(headers.get(OMITTED, 0))
        return (letter.headers, letter.body, letter.omitted_bytes) == (
            of_message,
            body.decode(errors="replace"),
            omitted,
        )

    async def _get(self, sequence: int, *, following: str | None = None) -> DeadLetter:
        """That one, or the first from there on with a subject like `following`."""
        with _translated_errors(sequence):
            jetstream = self._broker.jetstream
            found = await jetstream.get_msg(self._stream, sequence, subject=following, next=following is not None)
            return _letter(found, self._prefix)


def _quoted(reason: str) -> str:
    return quote(reason, safe=wire.PRINTABLE + " ", errors="replace")


def _fitting(headers: Mapping[str, str]) -> dict[str, str]:
    """As many of them as a description of the message can have."""
    kept, size = {}, 0
    for name, value in headers.items():
        if size + header_size(name, value) <= MAX_KEPT_HEADER_BYTES:
            size += header_size(name, value)
            kept[name] = value
    return kept


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
    attempts, omitted = headers.get(ATTEMPTS, ""), headers.get(OMITTED, "")
    subject = (message.subject or "").removeprefix(prefix)
    return DeadLetter(
        sequence=message.seq or 0,
        reason=unquote(headers.get(REASON, _UNKNOWN)),
        handler=headers.get(HANDLER, _UNKNOWN),
        attempts=int(attempts) if _NUMBER.fullmatch(attempts) else 0,
        subject=headers.get(SUBJECT, subject) if subject == _UNKNOWN else subject,
        failed_at=_time(headers.get(FAILED_AT, "")) or message.time or clock.now(),
        headers={name: value for name, value in headers.items() if name not in _OURS},
        body=(message.data or b"").decode(errors="replace"),
        omitted_bytes=int(omitted) if _NUMBER.fullmatch(omitted) else 0,
    )


def _time(written: str) -> datetime | None:
    """None for what is no time with an offset."""
    try:
        at = datetime.fromisoformat(written)
        return to_utc(at) if at.tzinfo is not None else None
    except ValueError:
        return None
