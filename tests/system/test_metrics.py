"""Every metric that an alert or a dashboard asks for is there, with the labels it is asked by."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import get_args

import httpx
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from cluster.paths import COMPONENTS
from common.services import SERVICES
from mailer.sending.classification import Outcome
from tests.support.eventually import eventually
from tests.system.conftest import LiveDesk

pytestmark = pytest.mark.asyncio(loop_scope="session")

MONITORING = COMPONENTS / "monitoring"
OURS = re.compile(r"\b((?:helpdesk|process)_\w+)(?:\{([^}]*)\})?")
"""What our processes say themselves, and by which labels it is asked for. What rules record has a colon in its name."""
LABEL = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')
BY_PROMETHEUS = {"job", "namespace", "pod"}
"""Labels that are given where a process is asked."""

Series = dict[str, list[dict[str, str]]]


def expressions() -> Iterator[str]:
    for path in (MONITORING / "rules").glob("*.yaml"):
        for group in yaml.safe_load(path.read_text())["spec"]["groups"]:
            yield from (str(rule["expr"]) for rule in group["rules"])
    for path in (MONITORING / "dashboards").glob("*.json"):
        for panel in json.loads(path.read_text())["panels"]:
            yield from (target["expr"] for target in panel["targets"])


async def said_by(desk: LiveDesk) -> Series:
    """Name -> the labels of each series, of all services together."""
    found: Series = defaultdict(list)
    async with httpx.AsyncClient() as client:
        for service in SERVICES:
            answer = await client.get(f"http://127.0.0.1:{desk.stack.port(service)}/metrics")
            for family in text_string_to_metric_families(answer.text):
                for sample in family.samples:
                    found[sample.name].append(dict(sample.labels))
    return found


async def test_what_alerts_and_dashboards_ask_for_is_said(desk: LiveDesk) -> None:
    ticket = await desk.open_ticket("What is measured")
    await desk.resolve(ticket)
    await eventually(desk.stack.settled, within=60, every=0.5)
    said = await said_by(desk)

    asked = [(name, selector) for each in expressions() for name, selector in OURS.findall(each) if ":" not in name]
    assert len(asked) > 20
    for name, selector in asked:
        assert name in said, f"{name} is asked for and said by nobody"
        for label, comparison, value in LABEL.findall(selector):
            values = {series.get(label) for series in said[name]} - {None}
            assert values or label in BY_PROMETHEUS, f"{name} has no label {label}"
            if label == "le":  # a bucket that does not exist is no error to Prometheus, only never there
                assert comparison == "="
                assert value in values, f'{name} has no bucket le="{value}"'


async def test_alerts_name_the_outcomes_of_a_mail_as_the_mailer_does() -> None:
    outcomes = {outcome.__name__ for outcome in get_args(Outcome)}
    values = [value for each in expressions() for label, _, value in LABEL.findall(each) if label == "outcome"]
    named = {name for value in values for name in value.split("|")}
    assert named
    assert named <= outcomes
