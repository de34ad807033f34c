"""How the four services are run: the environment each of them gets, and nothing more."""

import os
import sys
from dataclasses import dataclass

from common.services import SERVICES
from stack.mongo import MongoServer
from stack.nats import NatsServer
from stack.options import Options, SmtpServer
from stack.secrets import Secrets

__all__ = ["SERVICES", "ServiceEnvironments"]

_FROM_OURS = ("PATH", "HOME", "LANG", "TZ", "TMPDIR")
_KEY_HOLDERS = ("auth", "mailer")  # auth seals secrets into events, mailer opens them


@dataclass(frozen=True)
class ServiceEnvironments:
    options: Options
    secrets: Secrets
    mongo: MongoServer
    nats: NatsServer
    smtp: SmtpServer
    url: str
    """Of the front door."""

    def of(self, service: str, port: int) -> dict[str, str]:
        """The whole environment of a service listening on `port`."""
        environment = self._base() | self.nats_login(service)
        environment |= {
            "HELPDESK_HTTP_HOST": "127.0.0.1",
            "HELPDESK_HTTP_PORT": str(port),
            "HELPDESK_MONGO_URL": self.mongo.url_of(service),
            "HELPDESK_TRUSTED_PROXIES": "127.0.0.1/32",
            "HELPDESK_PUBLIC_URL": self.url,
            "HELPDESK_RATE_LIMITS": self.options.rate_limits,
        }
        if self.options.otlp_endpoint:
            environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = self.options.otlp_endpoint
        if service == "auth":
            environment["HELPDESK_MASTER_KEY"] = self.secrets.master_key
        if service in _KEY_HOLDERS:
            environment["HELPDESK_SEALING_KEYS"] = self.secrets.sealing_key
        if service == "notifications":
            environment["HELPDESK_UNSUBSCRIBE_KEYS"] = self.secrets.unsubscribe_key
        if service == "mailer":
            environment |= {
                "HELPDESK_SMTP_HOST": self.smtp.host,
                "HELPDESK_SMTP_PORT": str(self.smtp.port),
                "HELPDESK_SMTP_TLS": "none",
                "HELPDESK_MAIL_FROM": "Helpdesk <support@helpdesk.localhost>",
            }
        return environment | dict(self.options.environment)

    def of_provisioner(self) -> dict[str, str]:
        return self._base() | self.nats_login("provisioner")

    @staticmethod
    def of_node() -> dict[str, str]:
        return _inherited()

    def nats_login(self, user: str) -> dict[str, str]:
        return {
            "HELPDESK_NATS_URL": self.nats.url,
            "HELPDESK_NATS_USER": user,
            "HELPDESK_NATS_PASSWORD": self.nats.users[user].password,
        }

    @staticmethod
    def _base() -> dict[str, str]:
        return _inherited() | {"PYTHONUNBUFFERED": "1", "HELPDESK_ENVIRONMENT": "local"}


def _inherited() -> dict[str, str]:
    """What passes from our own environment to a component; nothing else does."""
    return {name: os.environ[name] for name in _FROM_OURS if name in os.environ}


def serve(service: str) -> list[str]:
    """Command line of a service in all its roles."""
    return [sys.executable, "-m", service, "serve", "--role", "all"]


def openapi(service: str) -> list[str]:
    """Command line that prints what a service answers."""
    return [sys.executable, "-m", service, "openapi"]


def provision() -> list[str]:
    """Command line that creates or updates all streams and consumers."""
    return [sys.executable, "-m", "common.messaging", "provision"]


def import_users() -> list[str]:
    """Command line that takes `[{"email", "name", "role", "password"}]` on stdin; done again it makes nobody twice."""
    return [sys.executable, "-m", "auth", "import-users", "-"]
