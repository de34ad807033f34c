"""Messages that could not be handled, stored with the reason until a person replays or discards them."""

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

REASON, HANDLER, ATTEMPTS, SUBJECT, FAILED_AT = (
    f"Helpdesk-Dead-{name}" for name in ("Reason", "Handler", "Attempts", "Subject", "At")
)
MAX_REASON_LENGTH = 1000
"""In characters, each of up to 12 bytes in a header. All headers of a dead letter together are shorter than
DEAD_LETTER_RESERVE_BYTES (publisher.py)."""
_OURS = {REASON, HANDLER, ATTEMPTS, SUBJECT, FAILED_AT}


@dataclass(frozen=True)
class DeadLetter:
    """`sequence` is its number in the dead-letter stream; `headers` and `body` are those of the original message."""

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
        return self.headers.get("ce-type", "unknown")

    @property
    def event_id(self) -> str | None:
        return self.headers.get("ce-id")

    @property
    def organisation_id(self) -> str | None:
        """Whose event it was, as its subject says: `<service>.<aggregate>.<fact>.v<N>.<organisation id>.<id>`."""
        words = self.subject.split(".")
        return words[4] if len(words) == 6 else None


class DeadLetters:
    """One service's own."""

    def __init__(self, broker: Broker, service: str) -> None:
        self._broker = broker
        self._publisher = JetStreamPublisher(broker)
        self._service = service
        self._stream = dead_letters_of(service)

    async def store(self, message: RawMessage, failure: Reject, *, attempts: int) -> None:
        """Stores a message with what is known of its failure. Stored again within JetStream's de-duplication window, as
        after being killed before it was acknowledged, it is stored once. Raises Unavailable."""
        original = original_subject(message.subject, self._service)
        subject = f"dead_letters.{self._service}.{original}"
        reason = " ".join(failure.reason.split())[:MAX_REASON_LENGTH]
        headers = {
            **message.headers,
            REASON: quote(reason, safe=wire.PRINTABLE + " ", errors="replace"),
            HANDLER: failure.handler,
            ATTEMPTS: str(attempts),
            SUBJECT: original,
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
        wanted = f"dead_letters.{self._service}." + (f"*.*.*.*.{organisation}.*" if organisation else ">")
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
        subject = replay_subject(self._service, self._service, letter.subject)
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
            return _letter(found)


@contextmanager
def _translated_errors(sequence: int) -> Iterator[None]:
    try:
        yield
    except (NotFoundError, BadRequestError):
        raise NotFound(f"There is no dead letter {sequence}.") from None
    except (NatsError, OSError) as error:
        raise Unavailable(f"NATS is away: {type(error).__name__} {error}") from error


def _letter(message: RawStreamMsg) -> DeadLetter:
    headers = {str(name): str(value) for name, value in (message.headers or {}).items()}
    return DeadLetter(
        sequence=message.seq or 0,
        reason=unquote(headers[REASON]),
        handler=headers[HANDLER],
        attempts=int(headers[ATTEMPTS]),
        subject=headers[SUBJECT],
        failed_at=datetime.fromisoformat(headers[FAILED_AT]),
        headers={name: value for name, value in headers.items() if name not in _OURS},
        body=(message.data or b"").decode(errors="replace"),
    )
