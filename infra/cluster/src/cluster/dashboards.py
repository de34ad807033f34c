"""Grafana's dashboards as data."""

import json
from dataclasses import dataclass
from typing import Any

from common.services import SERVICES

WIDTH, HEIGHT = 8, 8
"""Of a panel; three fit beside each other (Grafana's grid is 24 wide)."""

_OWN = 'route!~"/healthz|/readyz|/metrics|/api/v1/notifications/stream"'


@dataclass(frozen=True)
class Panel:
    """`queries`: expression -> legend."""

    title: str
    unit: str
    queries: dict[str, str]


def _quantile(of: float, histogram: str, by: str = "", selector: str = "") -> str:
    labels = ", ".join(filter(None, ("le", by)))
    return f"histogram_quantile({of}, sum by ({labels}) (rate({histogram}_bucket{{{selector}}}[5m])))"


_REQUESTS = "helpdesk_http_request_seconds"
_PROCESSES = f'job=~"{"|".join(SERVICES)}"'

DASHBOARDS: dict[str, tuple[str, tuple[Panel, ...]]] = {
    "overview": (
        "Helpdesk: user experience",
        (
            Panel("Requests", "reqps", {f"sum by (job) (rate({_REQUESTS}_count{{{_OWN}}}[5m]))": "{{job}}"}),
            Panel(
                "Failed requests (5xx)",
                "percentunit",
                {
                    f'sum by (job) (rate({_REQUESTS}_count{{{_OWN}, status=~"5.."}}[5m])) '
                    f"/ sum by (job) (rate({_REQUESTS}_count{{{_OWN}}}[5m]))": "{{job}}"
                },
            ),
            Panel(
                "Response time",
                "s",
                {
                    _quantile(0.95, _REQUESTS, selector=f'{_OWN}, method=~"GET|HEAD"'): "reads, p95",
                    _quantile(0.95, _REQUESTS, selector=f'{_OWN}, method=~"POST|PUT|PATCH|DELETE"'): "writes, p95",
                },
            ),
            Panel(
                "The slowest routes, p95", "s", {f"topk(8, {_quantile(0.95, _REQUESTS, 'route', _OWN)})": "{{route}}"}
            ),
            Panel(
                "Event age when handled, p95",
                "s",
                {_quantile(0.95, "helpdesk_event_age_seconds", "job"): "{{job}}"},
            ),
            Panel(
                "Time to mail",
                "s",
                {
                    _quantile(0.5, "helpdesk_mail_age_seconds"): "p50",
                    _quantile(0.99, "helpdesk_mail_age_seconds"): "p99",
                },
            ),
            Panel(
                "Burn rate of the error budgets (1 h)",
                "none",
                {
                    "helpdesk:availability_bad:ratio_rate1h / 0.001": "availability",
                    "helpdesk:reads_bad:ratio_rate1h / 0.05": "reads",
                    "helpdesk:writes_bad:ratio_rate1h / 0.05": "writes",
                    "helpdesk:mail_bad:ratio_rate1h / 0.01": "mail",
                },
            ),
            Panel(
                "Mails by outcome",
                "ops",
                {"sum by (outcome) (rate(helpdesk_mails_total[5m]))": "{{outcome}}"},
            ),
            Panel(
                "Queued mails",
                "none",
                {
                    "max(helpdesk_mails_waiting)": "waiting",
                    "max(helpdesk_mail_server_unavailable)": "1 while the server takes none",
                },
            ),
        ),
    ),
    "events": (
        "Helpdesk: events",
        (
            Panel("Published", "ops", {"sum by (job) (rate(helpdesk_relay_published_total[5m]))": "{{job}}"}),
            Panel("Oldest unpublished event", "s", {"max by (job) (helpdesk_relay_lag_seconds)": "{{job}}"}),
            Panel(
                "Documents with unpublished events",
                "none",
                {
                    "max by (job) (helpdesk_relay_waiting_documents)": "{{job}}",
                    "max by (job) (helpdesk_relay_held_back_documents)": "{{job}}, held back",
                },
            ),
            Panel(
                "Handled",
                "ops",
                {"sum by (job, result) (rate(helpdesk_events_handled_total[5m]))": "{{job}} {{result}}"},
            ),
            Panel(
                "Pending in the stream",
                "none",
                {"max by (job, stream) (helpdesk_consumer_pending)": "{{job}} of {{stream}}"},
            ),
            Panel(
                "In flight",
                "none",
                {"max by (job, stream) (helpdesk_consumer_unacknowledged)": "{{job}} of {{stream}}"},
            ),
            Panel("Parked events", "none", {"max by (job) (helpdesk_parked_events)": "{{job}}"}),
            Panel("Oldest parked event", "s", {"max by (job) (helpdesk_parked_oldest_seconds)": "{{job}}"}),
            Panel(
                "Dead letters per hour",
                "none",
                {'sum by (job) (increase(helpdesk_events_handled_total{result="dead"}[1h]))': "{{job}}"},
            ),
            Panel(
                "Memory",
                "bytes",
                {f"sum by (pod) (process_resident_memory_bytes{{{_PROCESSES}}})": "{{pod}}"},
            ),
            Panel(
                "CPU",
                "none",
                {f"sum by (pod) (rate(process_cpu_seconds_total{{{_PROCESSES}}}[5m]))": "{{pod}}"},
            ),
        ),
    ),
}


def render(name: str) -> str:
    """One dashboard, as Grafana imports it."""
    title, panels = DASHBOARDS[name]
    dashboard = {
        "uid": f"helpdesk-{name}",
        "title": title,
        "tags": ["helpdesk"],
        "schemaVersion": 39,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus", "label": "Source"}]},
        "panels": [_panel(number, panel) for number, panel in enumerate(panels)],
    }
    return json.dumps(dashboard, indent=2) + "\n"


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    source = {"type": "prometheus", "uid": "${source}"}
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": source,
        "gridPos": {"x": number % 3 * WIDTH, "y": number // 3 * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + index), "datasource": source, "expr": expression, "legendFormat": legend}
            for index, (expression, legend) in enumerate(panel.queries.items())
        ],
    }
