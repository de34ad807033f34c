"""The routing table, read from the Kubernetes Ingress: one source for the cluster and for our own NGINX."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Route:
    path: str
    """Without a trailing slash, except for `/` itself. Matches element by element, as `pathType: Prefix` says."""
    service: str


def read(ingress: Path) -> list[Route]:
    """The routes of an Ingress, in its order. Raises ValueError for what our NGINX would not route the same way."""
    document = yaml.safe_load(ingress.read_text())
    routes = []
    for rule in document["spec"]["rules"]:
        for entry in rule["http"]["paths"]:
            if entry["pathType"] != "Prefix":
                raise ValueError(f"{ingress}: {entry['path']} has pathType {entry['pathType']}, only Prefix is known")
            path = entry["path"].rstrip("/") or "/"
            routes.append(Route(path=path, service=entry["backend"]["service"]["name"]))
    return routes


def service_for(routes: Sequence[Route], path: str) -> str | None:
    """The service that answers `path`: that of the longest matching prefix."""
    matching = [route for route in routes if _matches(route.path, path)]
    return max(matching, key=lambda route: len(route.path)).service if matching else None


def _matches(prefix: str, path: str) -> bool:
    return prefix == "/" or path == prefix or path.startswith(f"{prefix}/")
