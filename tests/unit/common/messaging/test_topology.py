"""The wiring diagram is whole: what is said is kept once, and what is heard is said by somebody."""

from itertools import combinations

import pytest
from nats.js.api import AckPolicy, DiscardPolicy, RetentionPolicy

from common.events import EVENTS, Envelope, Event
from common.messaging.provision import DUPLICATE_WINDOW_SECONDS, consumer_config, stream_config
from common.messaging.results import ACK, HandlerResult
from common.messaging.router import Router
from common.messaging.topology import CONSUMERS, STREAMS, SUBSCRIPTIONS, consumers_of
from common.services import SERVICES


def covers(pattern: str, subject: str) -> bool:
    """Patterns here end in `>` and have no other wildcard."""
    return subject.startswith(pattern.removesuffix(">"))


def test_every_event_is_kept_in_exactly_one_stream() -> None:
    for name in EVENTS:
        kept = [spec.name for spec in STREAMS if any(covers(subject, f"{name}.o.a") for subject in spec.subjects)]
        assert kept == [name.split(".")[0].upper()]


def test_no_two_streams_keep_the_same_subject() -> None:
    for one, other in combinations(STREAMS, 2):
        for subject in one.subjects:
            assert not any(covers(subject, each) or covers(each, subject) for each in other.subjects)
    assert len({spec.name for spec in STREAMS}) == len(STREAMS)


def test_every_event_is_said_by_a_service_there_is() -> None:
    assert {event.service() for event in EVENTS.values()} == set(SERVICES)


def test_every_service_says_what_it_hears_and_hears_each_event_once() -> None:
    assert set(SUBSCRIPTIONS) == set(SERVICES)
    for heard in SUBSCRIPTIONS.values():
        assert len(set(heard)) == len(heard)
        assert set(heard) <= set(EVENTS.values())


def test_only_tickets_hears_itself_for_the_audit_trail_of_all_services() -> None:
    hear_themselves = {
        service for service, heard in SUBSCRIPTIONS.items() if service in {each.service() for each in heard}
    }
    assert hear_themselves == {"tickets"}


def test_no_service_but_mailer_receives_a_secret_even_encrypted() -> None:
    sealed = {event for event in EVENTS.values() if any(name.startswith("sealed") for name in event.model_fields)}
    receivers = {service for service, events in SUBSCRIPTIONS.items() if sealed.intersection(events)}
    assert sealed
    assert receivers == {"mailer"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_delivered_what_it_hears_and_nothing_else(service: str) -> None:
    for name, event in EVENTS.items():
        delivered = [
            spec.stream
            for spec in consumers_of(service)
            if not spec.stream.startswith("REPLAYS_")
            and any(covers(subject, f"{name}.o.a") for subject in spec.subjects)
        ]
        assert delivered == ([event.service().upper()] if event in SUBSCRIPTIONS[service] else [])


def test_another_version_of_an_event_is_not_delivered_by_the_way() -> None:
    (spec,) = (each for each in CONSUMERS if (each.durable, each.stream) == ("mailer", "NOTIFICATIONS"))
    assert "notifications.email.requested.v1.>" in spec.subjects
    assert not any(covers(subject, "notifications.email.requested.v10.o.a") for subject in spec.subjects)


def test_each_consumer_is_the_only_one_of_its_service_on_its_stream() -> None:
    assert len({(spec.durable, spec.stream) for spec in CONSUMERS}) == len(CONSUMERS)
    assert {spec.stream for spec in CONSUMERS} <= {spec.name for spec in STREAMS}


def test_nothing_is_dropped_by_a_limit_and_dead_letters_are_kept_for_good() -> None:
    for spec in STREAMS:
        config = stream_config(spec, 3)
        assert config.num_replicas == 3
        assert config.duplicate_window == DUPLICATE_WINDOW_SECONDS
        assert {config.max_msgs, config.max_msgs_per_subject} <= {None, -1}
        assert (config.max_bytes, config.discard) == (spec.max_bytes, DiscardPolicy.NEW)
        assert (config.max_age == 0) == spec.name.startswith("DEAD_LETTERS_")
        assert (config.retention == RetentionPolicy.WORK_QUEUE) == spec.name.startswith("REPLAYS_")


def test_a_message_is_delivered_until_it_is_settled_on_purpose() -> None:
    for spec in CONSUMERS:
        config = consumer_config(spec)
        assert (config.ack_policy, config.max_deliver) == (AckPolicy.EXPLICIT, -1)
        assert config.durable_name == spec.durable


async def handle(_event: Event, _envelope: Envelope) -> HandlerResult:
    return ACK


@pytest.mark.parametrize("service", SERVICES)
def test_a_router_takes_just_the_subscriptions_of_the_diagram(service: str) -> None:
    Router(service, dict.fromkeys(SUBSCRIPTIONS[service], (handle,)))
    surplus = next(event for event in EVENTS.values() if event not in SUBSCRIPTIONS[service])
    with pytest.raises(ValueError, match=surplus.versioned_type()):
        Router(service, {**dict.fromkeys(SUBSCRIPTIONS[service], (handle,)), surplus: (handle,)})
    if SUBSCRIPTIONS[service]:
        with pytest.raises(ValueError, match=SUBSCRIPTIONS[service][0].versioned_type()):
            Router(service, dict.fromkeys(SUBSCRIPTIONS[service][1:], (handle,)))
