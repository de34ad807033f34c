"""The Ingress and our NGINX route alike."""

from pathlib import Path

import pytest

from stack import places, routes
from stack.nginx import SPECIALS, render_routes
from stack.routes import Route, service_for


@pytest.fixture(scope="module")
def table() -> list[Route]:
    return routes.read(places.INGRESS)


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/api/v1/auth/login", "auth"),
        ("/api/v1/users", "auth"),
        ("/api/v1/users/", "auth"),
        ("/api/v1/organisation", "auth"),
        ("/api/v1/organisations/1", "auth"),
        ("/api/v1/tickets/1/messages", "tickets"),
        ("/api/v1/attachments/1", "tickets"),
        ("/api/v1/policies/sla", "tickets"),
        ("/api/v1/notifications/stream", "notifications"),
        ("/api/v1/mail/outbox", "mailer"),
        ("/", "web"),
        ("/tickets/7", "web"),
    ],
)
def test_every_address_of_the_api_has_its_service(table: list[Route], path: str, service: str) -> None:
    assert service_for(table, path) == service


@pytest.mark.parametrize("path", ["/api/v1/usersX", "/api/v1/mailbox", "/api/v1/ticketsX/1", "/healthz", "/metrics"])
def test_a_prefix_matches_whole_elements_only(table: list[Route], path: str) -> None:
    assert service_for(table, path) == "web"


def test_each_route_becomes_an_exact_and_a_prefix_location() -> None:
    rendered = render_routes([Route("/api/v1/tickets", "tickets"), Route("/api/v1/notifications", "notifications")])
    assert "location = /api/v1/tickets { include proxy.conf; proxy_pass http://tickets; }" in rendered
    assert "location /api/v1/tickets/ { include proxy.conf; proxy_pass http://tickets; }" in rendered


def test_the_web_client_is_not_proxied(table: list[Route]) -> None:
    assert "http://web" not in render_routes(table)


def test_every_special_location_belongs_to_a_routed_service(table: list[Route]) -> None:
    assert all(service_for(table, special.under) not in (None, "web") for special in SPECIALS)


def test_the_committed_routes_are_those_of_the_ingress(table: list[Route]) -> None:
    committed = (places.NGINX_CONFIGURATION / "routes.conf").read_text()
    assert committed == render_routes(table), "run: python -m stack routes > infra/nginx/routes.conf"


def test_a_path_type_we_would_route_differently_is_refused(tmp_path: Path) -> None:
    ingress = tmp_path / "ingress.yaml"
    ingress.write_text("{spec: {rules: [{http: {paths: [{path: /api, pathType: Exact}]}}]}}")
    with pytest.raises(ValueError, match="only Prefix is known"):
        routes.read(ingress)
