"""No service can speak for another, hear another's answers, or touch another's dead letters."""

import re

import pytest

from common.events import EVENTS
from common.messaging.permissions import BACKUP, PROVISIONER, inbox_prefix, permissions_for
from common.messaging.topology import CONSUMERS, REPLAYS, STREAMS, consumers_of, dead_letters_of, stream_of
from common.services import SERVICES, ExternalConsumer

PAIRS = [(user, other) for user in SERVICES for other in SERVICES if user != other]
TAIL = "00000000-0000-0000-0000-000000000000.00000000-0000-0000-0000-000000000001"


def allows(patterns: list[str], subject: str) -> bool:
    """Whether NATS would allow the subject: `*` is one word, `>` one or more."""
    return any(
        re.fullmatch(
            r"\.".join({"*": r"[^.]+", ">": r".+"}.get(word, re.escape(word)) for word in pattern.split(".")), subject
        )
        for pattern in patterns
    )


def test_the_matcher_of_these_tests_reads_patterns_as_nats_does() -> None:
    assert allows(["a.>"], "a.b.c")
    assert allows(["a.*.c"], "a.b.c")
    assert not allows(["a.>"], "a")
    assert not allows(["a.*"], "a.b.c")
    assert not allows(["a.b"], "aXb")


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
@pytest.mark.parametrize("user", [*SERVICES, PROVISIONER, BACKUP])
def test_an_event_can_be_published_by_its_own_service_alone(event: type, user: str) -> None:
    name = next(name for name, each in EVENTS.items() if each is event)
    may = allows(permissions_for(user).publish, f"{name}.{TAIL}")
    assert may == (user == name.split(".")[0])


@pytest.mark.parametrize(("user", "other"), PAIRS)
def test_no_service_writes_another_ones_dead_letters_or_replays_them(user: str, other: str) -> None:
    publish = permissions_for(user).publish
    assert not allows(publish, f"dead_letters.{other}.auth.user.registered.v1.{TAIL}")
    for named in SERVICES:
        if named != user:
            assert not allows(publish, f"replay.{other}.{named}.thing.done.v1.{TAIL}")


@pytest.mark.parametrize(("user", "other"), PAIRS)
def test_no_service_reads_deletes_or_acknowledges_what_is_another_ones(user: str, other: str) -> None:
    publish = permissions_for(user).publish
    for request in ("MSG.GET", "MSG.DELETE", "INFO", "PURGE", "DELETE", "UPDATE"):
        assert not allows(publish, f"$JS.API.STREAM.{request}.{dead_letters_of(other)}")
        assert not allows(publish, f"$JS.API.STREAM.{request}.{stream_of(other)}")
    for stream in (spec.name for spec in STREAMS):
        assert not allows(publish, f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{other}")
        assert not allows(publish, f"$JS.ACK.{stream}.{other}.1.2.3.4.5")


@pytest.mark.parametrize("user", SERVICES)
def test_no_service_makes_changes_or_removes_streams_and_consumers(user: str) -> None:
    publish = permissions_for(user).publish
    for stream in (spec.name for spec in STREAMS):
        for request in ("CREATE", "UPDATE", "DELETE", "PURGE"):
            assert not allows(publish, f"$JS.API.STREAM.{request}.{stream}")
        for request in ("CREATE", "DURABLE.CREATE", "DELETE"):
            assert not allows(publish, f"$JS.API.CONSUMER.{request}.{stream}.{user}")
    assert not allows(publish, f"$JS.API.STREAM.MSG.DELETE.{stream_of(user)}")


@pytest.mark.parametrize("user", SERVICES)
def test_a_service_may_do_all_that_it_does(user: str) -> None:
    publish = permissions_for(user).publish
    for spec in consumers_of(user):
        assert allows(publish, f"$JS.API.CONSUMER.MSG.NEXT.{spec.stream}.{user}")
        assert allows(publish, f"$JS.API.CONSUMER.INFO.{spec.stream}.{user}")
        assert allows(publish, f"$JS.ACK.{spec.stream}.{user}.1.2.3.4.5")
    for subject in (f"{user}.thing.done.v1.{TAIL}", f"auth.user.registered.v1.{TAIL}"):
        assert allows(publish, f"dead_letters.{user}.{subject}")
        assert allows(publish, f"replay.{user}.{subject}")
    for other in SERVICES:
        assert allows(publish, f"replay.{other}.{user}.thing.done.v1.{TAIL}")


@pytest.mark.parametrize("user", [*SERVICES, PROVISIONER, BACKUP])
def test_everybody_hears_the_answers_to_own_requests_and_nothing_else(user: str) -> None:
    own = [] if user in (PROVISIONER, BACKUP) else [f"relay_trigger.{user}", *SERVICES[user].broadcasts]
    assert permissions_for(user).subscribe == [f"{inbox_prefix(user)}.>", *own]
    for other in {*SERVICES, PROVISIONER, BACKUP} - {user}:
        assert not allows(permissions_for(user).subscribe, f"{inbox_prefix(other)}.token")


def test_the_provisioner_speaks_to_jetstream_only() -> None:
    assert permissions_for(PROVISIONER).publish == ["$JS.API.>"]


@pytest.mark.parametrize("stream", [spec.name for spec in STREAMS])
def test_backup_reads_every_stream_and_changes_none(stream: str) -> None:
    publish = permissions_for(BACKUP).publish
    assert allows(publish, f"$JS.API.STREAM.MSG.GET.{stream}")
    for request in ("CREATE", "UPDATE", "DELETE", "PURGE", "MSG.DELETE", "SNAPSHOT", "RESTORE"):
        assert not allows(publish, f"$JS.API.STREAM.{request}.{stream}")
    for request in ("CREATE", "DURABLE.CREATE", "DELETE", "MSG.NEXT"):
        assert not allows(publish, f"$JS.API.CONSUMER.{request}.{stream}.auth")


def test_there_are_no_other_users() -> None:
    with pytest.raises(ValueError, match="no such user: web"):
        permissions_for("web")


def test_consumers_of_replays_are_named_like_their_service() -> None:
    assert {spec.durable for spec in CONSUMERS if spec.stream == REPLAYS} == set(SERVICES)


def test_an_external_consumer_reads_through_its_own_consumers_and_can_do_nothing_else() -> None:
    crm = ExternalConsumer("crm", ("tickets.ticket.*.v1.>", "auth.user.>"))
    allowed = permissions_for("crm", [crm])
    assert allowed.subscribe == ["_INBOX_crm.>"]
    assert allowed.publish == [
        f"{api}.{stream}.crm{rest}"
        for stream in ("TICKETS", "AUTH")
        for api, rest in (("$JS.API.CONSUMER.MSG.NEXT", ""), ("$JS.API.CONSUMER.INFO", ""), ("$JS.ACK", ".>"))
    ]
    with pytest.raises(ValueError, match="no such user: crm"):
        permissions_for("crm")


@pytest.mark.parametrize(
    ("name", "subjects"), [("CRM", ()), ("c.r", ()), ("tickets", ()), ("crm", ("billing.>",)), ("crm", (">",))]
)
def test_an_external_consumer_has_a_name_of_its_own_and_reads_streams_that_exist(
    name: str, subjects: tuple[str, ...]
) -> None:
    with pytest.raises(ValueError, match=re.escape(subjects[0] if subjects else name)):
        ExternalConsumer(name, subjects)


@pytest.mark.parametrize("user", [*SERVICES, PROVISIONER, BACKUP])
@pytest.mark.parametrize("service", SERVICES)
def test_a_broadcast_is_published_by_its_own_service_alone(service: str, user: str) -> None:
    for subject in SERVICES[service].broadcasts:
        assert allows(permissions_for(user).publish, subject) == (user == service)


def test_no_stream_stores_a_broadcast() -> None:
    stored = [subject for spec in STREAMS for subject in spec.subjects]
    assert not [subject for spec in SERVICES.values() for subject in spec.broadcasts if allows(stored, subject)]
