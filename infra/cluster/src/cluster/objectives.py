"""The service level objectives as data, and alerts on the burn rates of their error budgets.

After "Alerting on SLOs" of Google's Site Reliability Workbook: a long window shows that it matters, a short one that it
continues. docs/operations/objectives.md explains both.
"""

from dataclasses import dataclass
from typing import Any

NAMESPACE = "helpdesk"

_OWN = 'route!~"/healthz|/readyz|/metrics|/api/v1/notifications/stream"'
"""Probes and scrapes do not count, nor event streams, which are open for hours."""


@dataclass(frozen=True)
class Objective:
    """`bad` and `all` are PromQL rates over `$window`. At most the share `budget` of `all` may be `bad`, over 30
    days."""

    name: str
    budget: float
    bad: str
    all: str
    violation: str


@dataclass(frozen=True)
class BurnRate:
    """`factor` times as fast as the budget allows."""

    factor: float
    long: str
    short: str
    severity: str
    duration: str
    """How long the condition must hold, so that one bad minute pages nobody."""


def _requests(which: str, suffix: str = "count") -> str:
    selector = ", ".join(part for part in (_OWN, which) if part)
    return f"sum(rate(helpdesk_http_request_seconds_{suffix}{{{selector}}}[$window]))"


def _slower_than(seconds: str, methods: str) -> str:
    answered = f'method=~"{methods}", status!~"5.."'
    in_time = f'{answered}, le="{seconds}"'
    return f"{_requests(answered)} - {_requests(in_time, 'bucket')}"


_READS, _WRITES = "GET|HEAD", "POST|PUT|PATCH|DELETE"
_MAIL = "sum(rate(helpdesk_mail_age_seconds"

OBJECTIVES = (
    Objective("availability", 0.001, _requests('status=~"5.."'), _requests(""), "requests fail with a 5xx status"),
    Objective(
        "reads", 0.05, _slower_than("0.3", _READS), _requests(f'method=~"{_READS}"'), "reads take longer than 300 ms"
    ),
    Objective(
        "writes",
        0.05,
        _slower_than("0.5", _WRITES),
        _requests(f'method=~"{_WRITES}"'),
        "writes take longer than 500 ms",
    ),
    Objective(
        "mail",
        0.01,
        f'{_MAIL}_count[$window])) - {_MAIL}_bucket{{le="30.0"}}[$window]))',
        f"{_MAIL}_count[$window]))",
        "mails take longer than 30 s",
    ),
)

BURN_RATES = (
    BurnRate(14.4, "1h", "5m", "page", "2m"),
    BurnRate(6, "6h", "30m", "page", "15m"),
    BurnRate(3, "1d", "2h", "ticket", "1h"),
    BurnRate(1, "3d", "6h", "ticket", "3h"),
)

WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
"""All that `BURN_RATES` names."""


def ratio(objective: str, window: str) -> str:
    """The recorded share of bad events."""
    return f"helpdesk:{objective}_bad:ratio_rate{window}"


def rules() -> list[dict[str, Any]]:
    """One PrometheusRule: recording rules and alerts."""
    groups = [_recorded(objective) for objective in OBJECTIVES]
    alerts = [
        {
            "alert": f"Helpdesk{objective.name.capitalize()}Burns",
            "expr": f"{ratio(objective.name, rate.long)} > {_at(objective, rate)} "
            f"and {ratio(objective.name, rate.short)} > {_at(objective, rate)}",
            "for": rate.duration,
            "labels": {"severity": rate.severity, "objective": objective.name, "window": rate.long},
            "annotations": {
                "summary": f"{{{{ $value | humanizePercentage }}}} of {objective.violation}, for {rate.long}: "
                f"the budget of {objective.budget:.1%} burns {rate.factor:g} times as fast as allowed.",
                "runbook_url": "docs/operations/alerts/objectives.md",
            },
        }
        for objective in OBJECTIVES
        for rate in BURN_RATES
    ]
    return [
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": "helpdesk-objectives", "namespace": NAMESPACE},
            "spec": {"groups": [*groups, {"name": "helpdesk-objectives", "rules": alerts}]},
        }
    ]


def _recorded(objective: Objective) -> dict[str, Any]:
    return {
        "name": f"helpdesk-{objective.name}",
        "interval": "30s",
        "rules": [
            {
                "record": ratio(objective.name, window),
                "expr": f"({objective.bad}) / ({objective.all})".replace("$window", window),
            }
            for window in WINDOWS
        ],
    }


def _at(objective: Objective, rate: BurnRate) -> str:
    return f"{objective.budget * rate.factor:g}"
