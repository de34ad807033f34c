"""What is counted of deliveries."""

from prometheus_client import REGISTRY

from common.messaging.delivery import Delivery, RawMessage
from tests.support.messaging import a_session_ended


def counted(type_: str) -> float:
    labels = {"stream": "REPLAYS_AUTH", "type": type_, "result": "dead"}
    return REGISTRY.get_sample_value("helpdesk_events_handled_total", labels) or 0


def test_types_that_no_event_has_are_counted_together_however_many_a_publisher_names() -> None:
    message = RawMessage("REPLAYS_AUTH:1", "REPLAYS_AUTH", "any", {}, b"")
    known, before = a_session_ended(), counted("unknown")
    for number in range(3):
        invented = known.model_copy(update={"type": f"auth.session.invented{number}"})
        Delivery(message, invented).count("dead")
        assert counted(invented.type) == 0
    Delivery(message, known).count("dead")
    assert counted("unknown") == before + 3
    assert counted(known.type) == 1
