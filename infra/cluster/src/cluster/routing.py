"""The routing table of the Ingress, as the Gateway API and as OpenShift write it."""

from collections.abc import Sequence
from typing import Any

from stack.nginx import WEB
from stack.routes import Route

NAMESPACE = "helpdesk"
PORTS = {WEB: 8080}
PORT = 8000
"""Of every service but those in `PORTS`."""


def http_route(table: Sequence[Route]) -> list[dict[str, Any]]:
    """One HTTPRoute. A rule for each service: `PathPrefix` matches whole elements, and the longest match wins."""
    services = list(dict.fromkeys(route.service for route in table))
    return [
        {
            "apiVersion": "gateway.networking.k8s.io/v1",
            "kind": "HTTPRoute",
            "metadata": {"name": "helpdesk", "namespace": NAMESPACE},
            "spec": {
                "parentRefs": [{"name": "helpdesk", "namespace": "helpdesk-gateway"}],
                "hostnames": ["helpdesk.example.com"],
                "rules": [
                    {
                        "matches": [
                            {"path": {"type": "PathPrefix", "value": route.path}}
                            for route in table
                            if route.service == service
                        ],
                        "backendRefs": [{"name": service, "port": PORTS.get(service, PORT)}],
                    }
                    for service in services
                ],
            },
        }
    ]


def openshift_routes(table: Sequence[Route]) -> list[dict[str, Any]]:
    """A Route for each path. The router matches whole elements, and tries the longest path first."""
    return [
        {
            "apiVersion": "route.openshift.io/v1",
            "kind": "Route",
            "metadata": {
                "name": _name(route),
                "namespace": NAMESPACE,
                # A stream of events may be silent for longer than the router's usual half minute.
                "annotations": {"haproxy.router.openshift.io/timeout": "1h"},
            },
            "spec": {
                "host": "helpdesk.example.com",
                "path": route.path,
                "to": {"kind": "Service", "name": route.service, "weight": 100},
                "port": {"targetPort": "http"},
                "tls": {"termination": "edge", "insecureEdgeTerminationPolicy": "Redirect"},
                "wildcardPolicy": "None",
            },
        }
        for route in table
    ]


def _name(route: Route) -> str:
    return f"helpdesk{route.path.removeprefix('/api/v1').replace('/', '-').rstrip('-')}"
