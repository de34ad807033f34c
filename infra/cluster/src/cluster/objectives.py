"""The service level objectives as data, and the alerts on how fast their error budgets burn.

After "Alerting on SLOs" of Google's Site Reliability Workbook: a long window says that it matters, a short one that it
is still so. docs/operations/objectives.md explains both to people.
"""

from dataclasses import dataclass
from typing import Any

NAMESPACE = "helpdesk"

_OWN = 'route!~"/healthz|/readyz|/metrics|/api/v1/notifications/stream"'
"""Neither the cluster's own questions count, nor streams that are open for hours and are good for it."""


@dataclass(frozen=True)
class Objective:
    """`bad` and `all` are counters per second over a window, with `$window` in its place. Those of `all` that are `bad`
    may be `budget` at most, over 30 days."""

    name: str
    budget: float
    bad: str
    all: str
    says: str


@dataclass(frozen=True)
class Speed:
    """`factor` times as fast as the budget allows for."""

    factor: float
    long: str
    short: str
    severity: str
    lasts: str
    """For how long it must be so, so that a single bad minute at night wakes nobody."""


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
    Objective("availability", 0.001, _requests('status=~"5.."'), _requests(""), "requests fail with a 5xx answer"),
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

SPEEDS = (
    Speed(14.4, "1h", "5m", "page", "2m"),
    Speed(6, "6h", "30m", "page", "15m"),
    Speed(3, "1d", "2h", "ticket", "1h"),
    Speed(1, "3d", "6h", "ticket", "3h"),
)

WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
"""All that `SPEEDS` names."""


def ratio(objective: str, window: str) -> str:
    """The recorded share of bad ones."""
    return f"helpdesk:{objective}_bad:ratio_rate{window}"


def rules() -> list[dict[str, Any]]:
    """One PrometheusRule: what is recorded, and the alerts on it."""
    groups = [_recorded(objective) for objective in OBJECTIVES]
    alerts = [
        {
            "alert": f"Helpdesk{objective.name.capitalize()}Burns",
            "expr": f"{ratio(objective.name, speed.long)} > {_at(objective, speed)} "
            f"and {ratio(objective.name, speed.short)} > {_at(objective, speed)}",
            "for": speed.lasts,
            "labels": {"severity": speed.severity, "objective": objective.name, "window": speed.long},
            "annotations": {
                "summary": f"{{{{ $value | humanizePercentage }}}} of {objective.says}, for {speed.long}: the budget "
                f"of {objective.budget:.1%} burns {speed.factor:g} times as fast as it may.",
                "runbook_url": "docs/operations/alerts/objectives.md",
            },
        }
        for objective in OBJECTIVES
        for speed in SPEEDS
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


def _at(objective: Objective, speed: Speed) -> str:
    return f"{objective.budget * speed.factor:g}"
