"""What is sent is what is received, whatever people are called; what is not ours is refused as a value."""

import json
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.events import Actor, Envelope, Role
from common.ids import PLATFORM, new_id
from common.messaging import wire

texts = st.text()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
types = st.from_regex(r"[a-z]{1,8}\.[a-z_]{1,8}\.[a-z_]{1,8}", fullmatch=True)
times = st.datetimes(datetime(1971, 1, 1), datetime(9990, 1, 1), timezones=st.just(UTC)).map(clock.truncated)  # noqa: DTZ001 - the zone is given beside it
envelopes = st.builds(
    Envelope,
    id=st.uuids(),
    type=types,
    version=st.integers(1, 99),
    time=times,
    organisation_id=st.uuids(),
    aggregate_id=st.uuids(),
    sequence=st.integers(1, 2**53),
    actor=st.none() | st.builds(Actor, id=st.uuids(), name=texts, role=st.sampled_from(get_args(Role))),
    causation_id=st.none() | texts,
    ip=st.none() | texts,
    user_agent=st.none() | texts,
    traceparent=st.none() | texts,
    data=st.dictionaries(texts, json_values, max_size=4),
)
PLAIN = Envelope(
    id=new_id(),
    type="tickets.ticket.created",
    version=1,
    time=datetime(2026, 5, 14, 9, 30, 0, 125_000, tzinfo=UTC),
    organisation_id=PLATFORM,
    aggregate_id=new_id(),
    sequence=1,
    data={},
)
REQUIRED_HEADERS = [
    *("ce-id", "ce-type", "ce-time", "ce-organisationid", "ce-subject", "ce-sequence"),
]


@given(envelopes)
def test_what_is_decoded_is_what_was_encoded(envelope: Envelope) -> None:
    assert wire.decode(*wire.encode(envelope)) == envelope


@given(envelopes)
def test_no_name_can_break_out_of_its_header(envelope: Envelope) -> None:
    headers, _ = wire.encode(envelope)
    for value in headers.values():
        assert value.isascii()
        assert all(" " < character <= "~" for character in value)


@given(envelopes)
def test_headers_are_found_in_any_spelling_and_others_do_not_matter(envelope: Envelope) -> None:
    headers, body = wire.encode(envelope)
    spelt = {name.upper(): value for name, value in headers.items()} | {"Helpdesk-Dead-Reason": "x"}
    assert wire.decode(spelt, body) == envelope


@given(envelopes)
def test_the_subject_gives_type_version_organisation_and_aggregate(envelope: Envelope) -> None:
    service, aggregate, fact, version, organisation, id_ = envelope.subject.split(".")
    assert (f"{service}.{aggregate}.{fact}", version) == (envelope.type, f"v{envelope.version}")
    assert (UUID(organisation), UUID(id_)) == (envelope.organisation_id, envelope.aggregate_id)


def test_a_message_reads_as_cloudevents_in_binary_mode() -> None:
    actor = Actor(id=PLATFORM, name='Zoë "%" O\'Neil\n', role="agent")
    headers, body = wire.encode(PLAIN.model_copy(update={"actor": actor, "data": {"name": "Zoë"}}))
    assert headers == {
        "ce-specversion": "1.0",
        "ce-id": str(PLAIN.id),
        "ce-type": "tickets.ticket.created.v1",
        "ce-source": "/tickets",
        "ce-subject": str(PLAIN.aggregate_id),
        "ce-time": "2026-05-14T09:30:00.125Z",
        "ce-dataschema": "urn:helpdesk:event:tickets.ticket.created.v1",
        "ce-organisationid": str(PLATFORM),
        "ce-sequence": "1",
        "ce-actorid": str(PLATFORM),
        "ce-actorname": "Zo%C3%AB%20%22%25%22%20O'Neil%0A",
        "ce-actorrole": "agent",
        "content-type": "application/json",
        "Nats-Msg-Id": str(PLAIN.id),
    }
    assert body == '{"name":"Zoë"}'.encode()


@pytest.mark.parametrize("name", [*REQUIRED_HEADERS, "ce-actorname", "ce-actorrole"])
def test_a_message_without_a_needed_header_is_refused_by_name(name: str) -> None:
    actor = Actor(id=PLATFORM, name="Ada", role="agent")
    headers, body = wire.encode(PLAIN.model_copy(update={"actor": actor}))
    del headers[name]
    with pytest.raises(ValueError, match=name):
        wire.decode(headers, body)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce-id", "7"),
        ("ce-type", "tickets.ticket.created"),
        ("ce-type", "tickets.ticket.created.vX"),
        ("ce-time", "yesterday"),
        ("ce-time", "2026-05-14T09:30:00"),
        ("ce-organisationid", ""),
        ("ce-subject", "ticket"),
        ("ce-sequence", "first"),
        ("ce-sequence", "9" * 5000),
        ("ce-sequence", "0"),
        ("ce-sequence", str(2**63)),
        ("ce-actorid", "somebody"),
        ("ce-actorrole", "emperor"),
    ],
)
def test_a_header_that_says_nonsense_is_refused(name: str, value: str) -> None:
    actor = Actor(id=PLATFORM, name="Ada", role="agent")
    headers, body = wire.encode(PLAIN.model_copy(update={"actor": actor}))
    with pytest.raises(ValueError):
        wire.decode({**headers, name: value}, body)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000]
)
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    headers, _ = wire.encode(PLAIN)
    with pytest.raises(ValueError):
        wire.decode(headers, body)


@given(st.dictionaries(st.sampled_from([*REQUIRED_HEADERS, "ce-actorid", "traceparent", "x"]), texts), st.binary())
def test_whatever_a_stranger_sends_is_a_value_error_and_nothing_else(headers: dict[str, str], body: bytes) -> None:
    valid, valid_body = wire.encode(PLAIN)
    for candidate in (headers, {**valid, **headers}):
        try:
            decoded = wire.decode(candidate, body)
        except ValueError:
            continue
        assert isinstance(decoded.data, dict)
    assert wire.decode(valid, valid_body) == PLAIN


def test_the_data_keeps_the_order_and_kind_of_its_members() -> None:
    data: dict[str, Any] = {"b": [1, 1.5, None, True], "a": {"ü": "\u0000"}}
    _, body = wire.encode(PLAIN.model_copy(update={"data": data}))
    assert list(json.loads(body)) == ["b", "a"]
    assert json.loads(body) == data


def test_headers_of_one_delivery_or_that_no_client_sends_are_not_stored() -> None:
    ours = {"ce-id": "1", "traceparent": "00-a", "content-type": "application/json"}
    foreign = {"Nats-Expected-Stream": "A", "nats-ttl": "1s", "Status": "409", "Description": "x", "a(b": "c", "": "d"}
    foreign |= {"Helpdesk-Dead-Reason": "x"}
    assert wire.stored_headers({**ours, **foreign}) == ours
