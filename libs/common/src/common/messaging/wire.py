"""An envelope as a NATS message: CloudEvents 1.0 in binary mode.

The event's data is the body; everything about it is in headers, so that anyone can route and filter without parsing
(CloudEvents NATS protocol binding 1.0, with the extension attributes named below).
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, unquote
from uuid import UUID

from common import clock
from common.events import Actor, Envelope

MESSAGE_ID = "Nats-Msg-Id"
"""What JetStream de-duplicates by."""

# CloudEvents HTTP binding 3.1.3.2: encode what is not printable ASCII, and space, double quote and percent.
PRINTABLE = "!#$&'()*+,-./:;<=>?@[\\]^_`{|}~"


_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""What NATS clients accept as the name of a header (NATS ADR-4: a token of RFC 9110)."""
_OF_ONE_DELIVERY = ("nats-", "status", "description", "helpdesk-dead-")


def schema_uri(versioned_type: str) -> str:
    """Names the JSON Schema of the data; the schemas are in common/events/schemas/."""
    return f"urn:helpdesk:event:{versioned_type}"


def encode(envelope: Envelope) -> tuple[dict[str, str], bytes]:
    """Headers and body."""
    actor = envelope.actor
    attributes = {
        "ce-specversion": "1.0",
        "ce-id": str(envelope.id),
        "ce-type": envelope.versioned_type,
        "ce-source": f"/{envelope.service}",
        "ce-subject": str(envelope.aggregate_id),
        "ce-time": clock.rfc3339(envelope.time),
        "ce-dataschema": schema_uri(envelope.versioned_type),
        "ce-organisationid": str(envelope.organisation_id),
        "ce-sequence": str(envelope.sequence),
        "ce-actorid": str(actor.id) if actor else None,
        "ce-actorname": actor.name if actor else None,
        "ce-actorrole": actor.role if actor else None,
        "ce-causationid": envelope.causation_id,
        "ce-clientip": envelope.ip,
        "ce-useragent": envelope.user_agent,
        "traceparent": envelope.traceparent,
    }
    headers = {name: quote(value, safe=PRINTABLE) for name, value in attributes.items() if value is not None}
    headers["content-type"] = "application/json"
    headers[MESSAGE_ID] = str(envelope.id)
    return headers, json.dumps(envelope.data, ensure_ascii=False, separators=(",", ":")).encode()


def stored_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers of a message that are kept, and sent with it again. Not those that tell NATS what to do with one
    publication, such as `Nats-Expected-Stream`: in another stream they would make it refuse the message. Nor those that
    a dead letter has of its own, or that a client cannot send."""
    return {
        name: value
        for name, value in headers.items()
        if _HEADER_NAME.fullmatch(name) and not name.lower().startswith(_OF_ONE_DELIVERY)
    }


def decode(headers: Mapping[str, str], body: bytes) -> Envelope:
    """The envelope of a message. Raises ValueError where it is not one of ours."""
    try:
        read = {name.lower(): unquote(value) for name, value in headers.items()}
        type_, _, version = read["ce-type"].rpartition(".v")
        return Envelope(
            id=UUID(read["ce-id"]),
            type=type_,
            version=int(version),
            time=_time(read["ce-time"]),
            organisation_id=UUID(read["ce-organisationid"]),
            aggregate_id=UUID(read["ce-subject"]),
            sequence=_sequence(read["ce-sequence"]),
            actor=_actor(read) if "ce-actorid" in read else None,
            causation_id=read.get("ce-causationid"),
            ip=read.get("ce-clientip"),
            user_agent=read.get("ce-useragent"),
            traceparent=read.get("traceparent"),
            data=json.loads(body),
        )
    except KeyError as error:
        raise ValueError(f"not an event: header {error.args[0]} is missing") from None
    except RecursionError:
        raise ValueError("not an event: its data is nested too deeply") from None


def _time(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError(f"not an event: its time has no offset ({written})")
    return at


def _sequence(written: str) -> int:
    sequence = int(written)
    if not 0 < sequence < 2**63:
        raise ValueError(f"not an event: MongoDB cannot store its sequence ({written})")
    return sequence


def _actor(read: Mapping[str, str]) -> Actor:
    return Actor.model_validate({name: read[f"ce-actor{name}"] for name in Actor.model_fields})
