"""Every port derives from HELPDESK_PORT."""

import random
import socket

import pytest

from common.services import SERVICES
from stack.errors import PortTaken
from stack.ports import MAX_REPLICAS, SPAN, Ports, free_port, free_range, require_free_ports


def all_of(ports: Ports) -> list[int]:
    fixed = [ports.http, ports.mail_page, ports.smtp, ports.mongo, ports.nats, ports.nats_monitor]
    return fixed + [ports.service(name, replica) for name in SERVICES for replica in range(MAX_REPLICAS)]


def test_no_port_is_given_to_two() -> None:
    assert len(set(all_of(Ports(8080)))) == len(all_of(Ports(8080)))


def test_stacks_a_span_apart_do_not_touch() -> None:
    assert not set(all_of(Ports(8080))) & set(all_of(Ports(8080 + SPAN)))


@pytest.mark.parametrize("port", [0, 80, 65535])
def test_a_port_without_room_for_the_others_is_refused(port: int) -> None:
    with pytest.raises(PortTaken, match="choose one from"):
        Ports(port)


def test_a_taken_port_is_named_with_its_holder_and_a_way_out() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(
            PortTaken, match=rf"Port {port} is in use by process \d+ \(.*\); .*HELPDESK_PORT=8180 make up"
        ):
            require_free_ports([port], http_port=8080)


def test_a_free_port_is_not_refused() -> None:
    require_free_ports([free_port()], http_port=8080)


def test_a_range_with_a_port_that_somebody_listens_on_is_not_free(monkeypatch: pytest.MonkeyPatch) -> None:
    first = free_range(SPAN)
    chosen = (first - 21_000) // SPAN
    other = (chosen + 1) % (10_000 // SPAN)
    choices = iter([chosen, *range(other, 10_000 // SPAN), *range(chosen)])
    monkeypatch.setattr(random.SystemRandom, "randrange", lambda _self, _below: next(choices))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", first + SPAN - 1))
        listener.listen()
        found = free_range(SPAN)
    assert found != first
    assert (found - first) % SPAN == 0
