"""The routing table: which path prefix belongs to which service. Ingress, HTTPRoute, Routes and NGINX share it."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.services import SERVICES

WEB = "web"
"""The one backend that is not proxied: NGINX serves the client's files itself."""


@dataclass(frozen=True)
class Route:
    path: str
    """A prefix of whole path elements, as `pathType: Prefix` matches it."""
    service: str


ROUTES = (*(Route(f"/api/v1{path}", name) for name, spec in SERVICES.items() for path in spec.paths), Route("/", WEB))


@dataclass(frozen=True)
class SpecialLocation:
    """A path that needs more of NGINX than its route."""

    location: str
    include: str
    service: str


SPECIAL_LOCATIONS = (
    SpecialLocation("~ ^/api/v1/tickets/[^/]+/attachments/?$", "uploads.conf", "tickets"),
    SpecialLocation("= /api/v1/notifications/stream", "stream.conf", "notifications"),
)


def service_for(path: str, routes: Sequence[Route] = ROUTES) -> str:
    """The service of the longest matching prefix."""
    matching = [route for route in routes if path == route.path or path.startswith(f"{route.path.rstrip('/')}/")]
    return max(matching, key=lambda route: len(route.path)).service
