"""Each pod holds only the secrets that its processes use."""

from collections.abc import Iterator
from typing import Any

import pytest

from cluster.checks.kustomize import Document, build
from cluster.checks.references import containers, pods

ACCESS = {"mongo-url", "nats-password"}


def of_service(name: str, *more: str) -> set[str]:
    return {f"{name}/{key}" for key in ACCESS} | set(more)


AUTH = of_service("auth", "auth/master-key", "links/public-key")
NOTIFICATIONS = of_service("notifications", "notifications/unsubscribe-keys")

HELD: dict[str, set[str]] = {
    "Deployment auth-api": AUTH,
    "Deployment auth-worker": AUTH,
    "Job auth-prepare": AUTH,
    "Deployment tickets-api": of_service("tickets"),
    "Deployment tickets-worker": of_service("tickets"),
    "Job tickets-prepare": of_service("tickets"),
    "Deployment notifications-api": NOTIFICATIONS,
    "Deployment notifications-worker": NOTIFICATIONS,
    "Job notifications-prepare": NOTIFICATIONS,
    "Deployment mailer-api": of_service("mailer"),
    "Deployment mailer-worker": of_service(
        "mailer", "mailer/reply-keys", "links/private-keys", "smtp/username", "smtp/password", "dkim/*"
    ),
    "Job mailer-prepare": of_service("mailer"),
    "Deployment web": set(),
}


def held(template: Document) -> set[str]:
    """`<secret>/<key>` of each variable and file; `<secret>/*` for a whole Secret."""
    return {*_variables(template), *_files(template)}


def _variables(template: Document) -> Iterator[str]:
    for container in containers(template):
        for variable in container.get("env", []):
            if named := variable.get("valueFrom", {}).get("secretKeyRef"):
                yield f"{named['name']}/{named['key']}"
        for source in container.get("envFrom", []):
            if named := source.get("secretRef"):
                yield f"{named['name']}/*"


def _files(template: Document) -> Iterator[str]:
    for volume in template["spec"].get("volumes", []):
        sources: list[dict[str, Any]] = [volume, *volume.get("projected", {}).get("sources", [])]
        for secret in (each["secret"] for each in sources if "secret" in each):
            for item in secret.get("items", [{"key": "*"}]):
                yield f"{secret.get('secretName') or secret['name']}/{item['key']}"


@pytest.mark.parametrize("overlay", ["production + everything", "openshift + everything"])
def test_a_pod_of_a_service_holds_the_secrets_that_its_role_uses_and_no_other(overlay: str) -> None:
    found = {name: held(template) for name, template in pods(build(overlay))}
    assert {name: secrets for name, secrets in found.items() if name in HELD} == HELD


def test_every_pod_of_a_service_is_in_the_table() -> None:
    services = {name.split()[1].partition("-")[0] for name in HELD}
    found = {name for name, _ in pods(build("production")) if name.split()[1].partition("-")[0] in services}
    assert found == set(HELD)
