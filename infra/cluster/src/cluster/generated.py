"""Every file below infra/k8s that is written by a program, and what it must say."""

from pathlib import Path
from typing import Any

import yaml

from cluster import autoscaling, dashboards, nats, objectives, routing
from cluster.places import BASE, COMPONENTS, OVERLAYS
from stack import places, routes


def files() -> dict[Path, str]:
    """Path -> text, as it is to be."""
    table = routes.read(places.INGRESS)
    ingress, topology = "infra/k8s/base/ingress/ingress.yaml", "libs/common/src/common/messaging/topology.py"
    return {
        BASE / "nats" / "users.conf": nats.users(),
        OVERLAYS / "gateway-api" / "http-route.yaml": _yaml(routing.http_route(table), ingress),
        OVERLAYS / "openshift" / "routes.yaml": _yaml(routing.openshift_routes(table), ingress),
        COMPONENTS / "monitoring" / "rules" / "objectives.yaml": _yaml(
            objectives.rules(), "infra/cluster/src/cluster/objectives.py"
        ),
        **{
            COMPONENTS / "monitoring" / "dashboards" / f"{name}.json": dashboards.render(name)
            for name in dashboards.DASHBOARDS
        },
        COMPONENTS / "keda" / "scaled-objects.yaml": _yaml(autoscaling.scaled_objects(), topology),
    }


def stale() -> list[Path]:
    """Those that say something else, or are missing."""
    return [path for path, text in files().items() if not path.exists() or path.read_text() != text]


def write() -> None:
    """All of them anew."""
    for path, text in files().items():
        path.write_text(text)


def _yaml(documents: list[dict[str, Any]], source: str) -> str:
    text = yaml.safe_dump_all(documents, sort_keys=False, width=120)
    return f"# Written by `make generate` from {source}. Do not edit.\n{text}"
