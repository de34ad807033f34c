"""The environment and the command lines of the services' processes."""

import os
import sys
from dataclasses import dataclass

from common.services import SERVICES
from stack.mongo import MongoServer
from stack.nats import NatsServer
from stack.options import Options, SmtpServer
from stack.secrets import Secrets

_INHERITED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "PYTHONPATH")


@dataclass(frozen=True)
class ServiceEnvironments:
    options: Options
    secrets: Secrets
    mongo: MongoServer
    nats: NatsServer
    smtp: SmtpServer
    url: str
    """Where people reach the stack."""

    def of_service(self, service: str, port: int) -> dict[str, str]:
        """The whole environment of a service that listens on `port`."""
        spec = SERVICES[service]
        environment = self._base() | self._nats_credentials(service)
        environment |= {
            "HELPDESK_HTTP_HOST": "127.0.0.1",
            "HELPDESK_HTTP_PORT": str(port),
            "HELPDESK_MONGO_URL": self.mongo.url_of(service),
            "HELPDESK_TRUSTED_PROXIES": str(self.options.trusted_proxies),
            "HELPDESK_PUBLIC_URL": self.url,
            "HELPDESK_RATE_LIMITS": self.options.rate_limits,
        }
        if self.options.otlp_endpoint:
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = self.options.otlp_endpoint
        for each in spec.secrets:
            if not each.optional:
                environment[each.variable] = self.secrets.keys[f"{each.secret}/{each.key}"]
        for name in spec.worker_config_maps:
            environment |= self._config_maps.get(name, {})
        return environment | dict(self.options.environment)

    def of_provisioner(self) -> dict[str, str]:
        return self._base() | self._nats_credentials("provisioner")

    @staticmethod
    def of_node() -> dict[str, str]:
        return _inherited()

    @property
    def _config_maps(self) -> dict[str, dict[str, str]]:
        return {
            "mail": {
                "HELPDESK_SMTP_HOST": self.smtp.host,
                "HELPDESK_SMTP_PORT": str(self.smtp.port),
                "HELPDESK_SMTP_TLS": "none",
                "HELPDESK_MAIL_FROM": "Helpdesk <support@helpdesk.localhost>",
            }
        }

    def _nats_credentials(self, user: str) -> dict[str, str]:
        return {
            "HELPDESK_NATS_URL": self.nats.url,
            "HELPDESK_NATS_USER": user,
            "HELPDESK_NATS_PASSWORD": self.secrets.nats[user],
        }

    @staticmethod
    def _base() -> dict[str, str]:
        return _inherited() | {"PYTHONUNBUFFERED": "1", "HELPDESK_ENVIRONMENT": "local"}


def _inherited() -> dict[str, str]:
    """The variables of our own environment that a component receives."""
    return {name: os.environ[name] for name in _INHERITED if name in os.environ}


def serve_command(service: str) -> list[str]:
    """Runs a service in all its roles."""
    return [sys.executable, "-m", service, "serve", "--role", "all"]


def openapi_command(service: str) -> list[str]:
    """Prints a service's OpenAPI document."""
    return [sys.executable, "-m", service, "openapi"]


def provision_command() -> list[str]:
    """Creates or updates all streams and consumers."""
    return [sys.executable, "-m", "common.messaging", "provision"]


def import_users_command() -> list[str]:
    """Reads `[{"email", "name", "role", "password"}]` from stdin. Repeated, it creates nobody twice."""
    return [sys.executable, "-m", "auth", "import-users", "-"]
