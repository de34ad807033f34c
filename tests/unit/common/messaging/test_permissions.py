"""No service can speak for another, hear another's answers, or touch another's dead letters."""

import re

import pytest

from common.events import EVENTS
from common.messaging.permissions import (
    BACKUP,
    IMPORTED_API,
    JETSTREAM_API,
    PROVISIONER,
    STREAMS_ACCOUNT,
    account_of,
    exports,
    inbox_prefix,
    nats_users,
    permissions_for,
)
from common.messaging.topology import (
    CONSUMERS,
    STREAMS,
    StreamSpec,
    consumers_of,
    dead_letters_of,
    replay_subject,
    replays_of,
    stream_of,
)
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


def allows_api(patterns: list[str], request: str) -> bool:
    """By either name of JetStream's API."""
    return any(allows(patterns, f"{prefix}.{request}") for prefix in (JETSTREAM_API, IMPORTED_API))


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
    for target in SERVICES:
        for named in SERVICES:
            assert not allows(publish, replay_subject(other, target, f"{named}.thing.done.v1.{TAIL}"))


@pytest.mark.parametrize(("user", "other"), PAIRS)
def test_a_service_replays_to_another_one_only_its_own_events(user: str, other: str) -> None:
    publish = permissions_for(user).publish
    for named in SERVICES:
        assert allows(publish, replay_subject(user, other, f"{named}.thing.done.v1.{TAIL}")) == (named == user)


@pytest.mark.parametrize("stream", STREAMS, ids=lambda spec: spec.name)
def test_each_stream_takes_messages_from_one_account_alone(stream: StreamSpec) -> None:
    (pattern,) = stream.subjects
    subject = pattern.replace(">", f"thing.done.v1.{TAIL}")
    publishers = [account for each in exports() if allows([each.subject], subject) for account in each.accounts]
    assert publishers == [next(name for name in SERVICES if f".{name}." in f".{pattern}")]


@pytest.mark.parametrize("user", nats_users())
def test_the_account_of_a_user_imports_all_that_the_user_may_send_to_streams_and_nothing_more(user: str) -> None:
    if user == PROVISIONER:
        assert account_of(user) == STREAMS_ACCOUNT
        return
    allowed = permissions_for(user)
    imported = [each.local for each in allowed.imports]
    inside = [f"relay_trigger.{user}", *(SERVICES[user].broadcasts if user in SERVICES else ())]
    for subject in allowed.publish:
        assert (len([each for each in imported if allows([each], subject)]) == 1) == (subject not in inside), subject
    exported = {each.subject for each in exports() if account_of(user) in each.accounts}
    assert exported == {each.subject for each in allowed.imports}


def test_requests_to_jetstream_have_another_name_in_importing_accounts() -> None:
    # NATS itself answers below $JS.API there that the account has no JetStream.
    locals_ = [each.local for user in nats_users() for each in permissions_for(user).imports]
    assert not [local for local in locals_ if local.startswith(f"{JETSTREAM_API}.")]


@pytest.mark.parametrize(("user", "other"), PAIRS)
def test_no_service_reads_deletes_or_acknowledges_what_is_another_ones(user: str, other: str) -> None:
    publish = permissions_for(user).publish
    for request in ("MSG.GET", "MSG.DELETE", "INFO", "PURGE", "DELETE", "UPDATE"):
        for stream in (dead_letters_of(other), stream_of(other), replays_of(other)):
            assert not allows_api(publish, f"STREAM.{request}.{stream}")
    for stream in (spec.name for spec in STREAMS):
        assert not allows_api(publish, f"CONSUMER.MSG.NEXT.{stream}.{other}")
        assert not allows(publish, f"$JS.ACK.{stream}.{other}.1.2.3.4.5")


@pytest.mark.parametrize("user", SERVICES)
def test_no_service_makes_changes_or_removes_streams_and_consumers(user: str) -> None:
    publish = permissions_for(user).publish
    for stream in (spec.name for spec in STREAMS):
        for request in ("CREATE", "UPDATE", "DELETE", "PURGE"):
            assert not allows_api(publish, f"STREAM.{request}.{stream}")
        for request in ("CREATE", "DURABLE.CREATE", "DELETE"):
            assert not allows_api(publish, f"CONSUMER.{request}.{stream}.{user}")
    assert not allows_api(publish, f"STREAM.MSG.DELETE.{stream_of(user)}")


@pytest.mark.parametrize("user", SERVICES)
def test_a_service_may_do_all_that_it_does(user: str) -> None:
    publish = permissions_for(user).publish
    for spec in consumers_of(user):
        assert allows_api(publish, f"CONSUMER.MSG.NEXT.{spec.stream}.{user}")
        assert allows_api(publish, f"CONSUMER.INFO.{spec.stream}.{user}")
        assert allows(publish, f"$JS.ACK.{spec.stream}.{user}.1.2.3.4.5")
    for subject in (f"{user}.thing.done.v1.{TAIL}", f"auth.user.registered.v1.{TAIL}"):
        assert allows(publish, f"dead_letters.{user}.{subject}")
        assert allows(publish, replay_subject(user, user, subject))
    for other in SERVICES:
        assert allows(publish, replay_subject(user, other, f"{user}.thing.done.v1.{TAIL}"))


@pytest.mark.parametrize("user", [*SERVICES, PROVISIONER, BACKUP])
def test_everybody_hears_the_answers_to_own_requests_and_nothing_else(user: str) -> None:
    own = [] if user in (PROVISIONER, BACKUP) else [f"relay_trigger.{user}", *SERVICES[user].broadcasts]
    assert permissions_for(user).subscribe == [f"{inbox_prefix(user)}.>", *own]
    for other in {*SERVICES, PROVISIONER, BACKUP} - {user}:
        assert not allows(permissions_for(user).subscribe, f"{inbox_prefix(other)}.token")


def test_the_provisioner_administers_streams_and_restores_what_has_no_other_copy() -> None:
    assert permissions_for(PROVISIONER).publish == ["$JS.API.>", "dead_letters.>", "replay.>"]


@pytest.mark.parametrize("stream", [spec.name for spec in STREAMS])
def test_backup_reads_every_stream_and_changes_none(stream: str) -> None:
    publish = permissions_for(BACKUP).publish
    assert allows_api(publish, f"STREAM.MSG.GET.{stream}")
    for request in ("CREATE", "UPDATE", "DELETE", "PURGE", "MSG.DELETE", "SNAPSHOT", "RESTORE"):
        assert not allows_api(publish, f"STREAM.{request}.{stream}")
    for request in ("CREATE", "DURABLE.CREATE", "DELETE", "MSG.NEXT"):
        assert not allows_api(publish, f"CONSUMER.{request}.{stream}.auth")


def test_backup_publishes_nothing() -> None:
    assert all(subject.startswith(f"{IMPORTED_API}.") for subject in permissions_for(BACKUP).publish)


def test_there_are_no_other_users() -> None:
    with pytest.raises(ValueError, match="no such user: web"):
        permissions_for("web")


def test_consumers_of_replays_are_named_like_their_service() -> None:
    for publisher in SERVICES:
        named = {spec.durable for spec in CONSUMERS if spec.stream == replays_of(publisher)}
        assert named == {publisher} | {name for name in SERVICES if publisher in _publishers_to(name)}


def _publishers_to(service: str) -> set[str]:
    return {event.service() for event in SERVICES[service].subscriptions}


def test_an_external_consumer_reads_through_its_own_consumers_and_can_do_nothing_else() -> None:
    crm = ExternalConsumer("crm", ("tickets.ticket.*.v1.>", "auth.user.>"))
    allowed = permissions_for("crm", [crm])
    assert allowed.subscribe == ["_INBOX_crm.>"]
    assert allowed.publish == [
        f"{api}.{stream}.crm{rest}"
        for stream in ("TICKETS", "AUTH")
        for api, rest in (
            (f"{IMPORTED_API}.CONSUMER.MSG.NEXT", ""),
            (f"{IMPORTED_API}.CONSUMER.INFO", ""),
            ("$JS.ACK", ".>"),
        )
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


@pytest.mark.parametrize(
    "subject", ["auth.>", "auth.secret_link.>", "auth.*.issued.v1.>", "auth.secret_link.issued.*.*.*"]
)
def test_an_external_consumer_can_not_read_the_links_that_are_for_mailer_alone(subject: str) -> None:
    with pytest.raises(ValueError, match="secret_link"):
        ExternalConsumer("crm", ("tickets.>", subject))


@pytest.mark.parametrize("user", [*SERVICES, PROVISIONER, BACKUP])
@pytest.mark.parametrize("service", SERVICES)
def test_a_broadcast_is_published_by_its_own_service_alone(service: str, user: str) -> None:
    for subject in SERVICES[service].broadcasts:
        assert allows(permissions_for(user).publish, subject) == (user == service)


def test_no_stream_stores_a_broadcast() -> None:
    stored = [subject for spec in STREAMS for subject in spec.subjects]
    assert not [subject for spec in SERVICES.values() for subject in spec.broadcasts if allows(stored, subject)]
