"""Every process is given the settings it can not do without, in every overlay, and none that it does not know."""

import os

import pytest
import yaml
from pydantic import ValidationError

from auth.settings import AuthSettings
from backup.settings import BackupSettings
from cluster.checks.kustomize import Document, build
from cluster.checks.references import SECRETS, containers, pods
from common.secret_links import public_key_of
from common.services import SERVICES, TRUSTED_PROXIES
from common.settings import Settings
from mailer.settings import MailerSettings
from notifications.settings import NotificationsSettings
from stack.paths import CHECKOUT
from tests.support.manifests import environment_of, made_secrets, secrets_in

SETTINGS: dict[str, type[Settings]] = {
    "auth": AuthSettings,
    "tickets": Settings,
    "notifications": NotificationsSettings,
    "mailer": MailerSettings,
    "backup": BackupSettings,
}
"""By the package that a container runs."""


def settings_class(arguments: list[str]) -> type[Settings]:
    """Of what a container runs. Without a role it is a command, or all roles in one process."""
    is_mailer_without_sender = arguments[0] == "mailer" and not {"worker", "all"}.intersection(arguments)
    return Settings if is_mailer_without_sender else SETTINGS[arguments[0]]


def environments(
    documents: list[Document], secrets: dict[str, dict[str, str]]
) -> list[tuple[str, type[Settings], dict[str, str]]]:
    """Of each container that runs one of our services: for people, what reads it, and what it is given."""
    return [
        (name, settings_class(container["args"]), environment_of(container, secrets, documents))
        for name, template in pods(documents)
        for container in containers(template)
        if container.get("args", [""])[0] in SETTINGS
    ]


@pytest.fixture(autouse=True)
def _nothing_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("HELPDESK_"):
            monkeypatch.delenv(name)


def refusal_of(settings: type[Settings], environment: dict[str, str]) -> str:
    """Why a process would not start with that; empty where it would."""
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in environment.items():
            patch.setenv(variable, value)
        try:
            settings()
        except ValidationError as error:
            return str(error)
    return ""


@pytest.mark.parametrize("overlay", ["dev + monitoring, backup", "production + everything", "openshift + everything"])
def test_every_process_takes_the_settings_it_is_given(overlay: str) -> None:
    documents = build(overlay)
    found = environments(documents, made_secrets() | secrets_in(documents))
    assert {settings for _, settings, _ in found} == set(SETTINGS.values())
    for name, settings, environment in found:
        assert refusal_of(settings, environment) == "", name
        known = {f"HELPDESK_{field.upper()}" for field in settings.model_fields}
        assert {each for each in environment if each.startswith("HELPDESK_")} <= known, name


def test_production_refuses_each_secret_of_the_overlay_for_development() -> None:
    public = {name.rpartition("-")[0]: keys for name, keys in secrets_in(build("dev")).items()}
    for name, settings, environment in environments(build("production"), made_secrets() | public):
        assert "left at the value for development" in refusal_of(settings, environment), name


def test_production_refuses_the_public_recipient_of_backups() -> None:
    documents = build("production + backup")
    made = made_secrets()
    made["backup"]["recipient"] = secrets_in(build("dev"))[_name_of_backup_secret()]["recipient"]
    refused = {name for name, settings, given in environments(documents, made) if refusal_of(settings, given)}
    assert refused == {name for name, settings, _ in environments(documents, made) if settings is BackupSettings}
    assert refused


def _name_of_backup_secret() -> str:
    return next(name for name in secrets_in(build("dev")) if name.startswith("backup"))


def test_compose_gives_each_service_what_it_needs() -> None:
    compose = yaml.safe_load((CHECKOUT / "compose.yaml").read_text())
    for service in SERVICES:
        environment = {name: str(value) for name, value in compose["services"][service]["environment"].items()}
        assert refusal_of(SETTINGS[service], environment) == "", service


def test_the_public_key_of_links_that_an_operator_gets_belongs_to_the_private_one() -> None:
    for _ in range(5):
        links = made_secrets()["links"]
        assert links["public-key"] == public_key_of(links["private-keys"])


def test_the_secrets_that_may_be_named_are_those_that_are_made() -> None:
    made = {name: set(keys) for name, keys in made_secrets().items()}
    made_on_demand = {"smtp", "dkim"}
    assert {name: keys for name, keys in SECRETS.items() if name not in made_on_demand} == made


def test_every_installation_trusts_as_many_proxies_as_the_table_says() -> None:
    compose = yaml.safe_load((CHECKOUT / "compose.yaml").read_text())
    cluster = dict(
        line.split("=", 1)
        for line in (CHECKOUT / "infra/k8s/base/settings/settings.env").read_text().splitlines()
        if line and not line.startswith("#")
    )
    nginx = (CHECKOUT / "infra/docker/web.nginx.conf").read_text()

    for settings in (compose["x-settings"], cluster):
        assert settings["HELPDESK_TRUSTED_PROXIES"] == str(TRUSTED_PROXIES)
    assert f'map "" $proxies_in_front {{ default "{TRUSTED_PROXIES - 1}"; }}' in nginx
