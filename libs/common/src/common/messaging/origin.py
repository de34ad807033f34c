"""Who published a message. Its subject decides, because NATS enforces it; headers are only what the publisher claims.

NATS lets a service publish below its own name, and replay its own events and its own dead letters (permissions.py). The
first word of an event's type is the service that publishes it (events/base.py).
"""

from common.events import Envelope
from common.messaging.delivery import RawMessage
from common.messaging.topology import replays_of, stream_of


def original_subject(subject: str, receiver: str) -> str:
    """The subject without the prefix of a replay to `receiver`, which the event's publisher or `receiver` itself may
    have sent. Any other subject is returned as it is."""
    match subject.split(".", 3):
        case ["replay", sender, target, original] if target == receiver:
            if sender in (original.partition(".")[0], receiver):
                return original
    return subject


def require_origin(message: RawMessage, envelope: Envelope, receiver: str) -> None:
    """Raises ValueError unless the service to which the event's type belongs published it, by the message's subject and
    stream, and the subject names the same type, organisation and aggregate as the headers."""
    original = original_subject(message.subject, receiver)
    if original != envelope.subject:
        raise ValueError(f"not an event: its headers say {envelope.subject}, its subject {original}")
    is_replay = original != message.subject
    stream = replays_of(message.subject.split(".")[1]) if is_replay else stream_of(envelope.service)
    if message.stream != stream:
        raise ValueError(f"not an event: {message.subject} belongs to the stream {stream}, not to {message.stream}")
