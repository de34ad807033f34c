"""The routing table, and NGINX's copy of it."""

import pytest

from stack.paths import NGINX_CONFIGURATION
from stack.routes import ROUTES, SPECIAL_LOCATIONS, service_for


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
        ("/api/v1/dead-letters/mailer", "mailer"),
        ("/", "web"),
        ("/tickets/7", "web"),
    ],
)
def test_every_address_of_the_api_has_its_service(path: str, service: str) -> None:
    assert service_for(path) == service


@pytest.mark.parametrize("path", ["/api/v1/usersX", "/api/v1/mailbox", "/api/v1/ticketsX/1", "/healthz", "/metrics"])
def test_a_prefix_matches_whole_elements_only(path: str) -> None:
    assert service_for(path) == "web"


def test_each_route_but_that_of_the_web_client_is_an_exact_and_a_prefix_location() -> None:
    rendered = (NGINX_CONFIGURATION / "routes.conf").read_text()
    for route in ROUTES:
        for location in (f"= {route.path}", f"{route.path}/"):
            line = f"location {location} {{ include proxy.conf; proxy_pass http://{route.service}; }}\n"
            assert (line in rendered) == (route.service != "web"), line
    assert "http://web" not in rendered


def test_no_two_services_have_the_same_route_and_special_locations_belong_to_their_service() -> None:
    assert len({route.path for route in ROUTES}) == len(ROUTES)
    for special in SPECIAL_LOCATIONS:
        path = special.location.lstrip("~=^ ").partition("[")[0]
        assert service_for(path) == special.service
