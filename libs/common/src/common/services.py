"""The services of Helpdesk as one table, and the outside programs that consume its events.

Streams, consumers, NATS permissions, manifests, secrets, ports, routes and images derive from it. `make generate`
writes the files among them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from common.events import EVENTS, Event, auth, mailer, notifications
from common.notification_kinds import NOTIFYING_EVENTS

DEAD_LETTERS = "/dead-letters"
ROLES = ("api", "worker")
"""Of `serve --role`. `all` is every one of them in one process."""
_NAME = re.compile(r"[a-z][a-z0-9]*")


def _require_name(name: str) -> None:
    """A name is a NATS user, a durable and a Kubernetes Secret at once."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a name: use small letters and digits, a letter first")


def _overlap(subject: Sequence[str], prefix: Sequence[str]) -> bool:
    """Whether a subject pattern of NATS matches anything that begins with the words `prefix`."""
    for wanted, word in zip(subject, prefix, strict=False):
        if wanted == ">":
            return True
        if wanted not in ("*", word):
            return False
    return len(subject) > len(prefix)


@dataclass(frozen=True)
class SecretVariable:
    """An environment variable whose value is a key of a Kubernetes Secret.

    `roles` are those whose processes use it. Required ones are generated: 32 random bytes in base64url, or the X25519
    public key of the private key in `public_key_of`, which is another key of the same Secret. Optional ones come from
    the operator.
    """

    variable: str
    secret: str
    key: str
    optional: bool = False
    public_key_of: str | None = None
    roles: tuple[str, ...] = ROLES


@dataclass(frozen=True)
class Memory:
    """Of one replica, as Kubernetes writes it."""

    request: str = "128Mi"
    limit: str = "256Mi"


@dataclass(frozen=True)
class ServiceSpec:
    """A service. Its name is also its package, its database, its MongoDB and NATS user, and the first word of the types
    of the events that it publishes."""

    name: str
    purpose: str
    routes: tuple[str, ...] = ()
    """First path segments below `/api/v1`. Its dead letters are routed as well."""
    subscriptions: tuple[type[Event], ...] = ()
    """Its subscriptions.py has a handler for each."""
    broadcasts: tuple[str, ...] = ()
    """Subjects of core NATS messages that it publishes and each of its API processes subscribes to. No stream stores
    them: each is a hint that there is something new to read in the database (messaging/core_subscription.py)."""
    secrets: tuple[SecretVariable, ...] = ()
    """Those of all roles, besides the MongoDB URL and the NATS password, which every service has."""
    worker_config_maps: tuple[str, ...] = ()
    """Of its workers, besides `settings`, which every process has: infra/k8s/base/settings/<name>.env."""
    roles: Mapping[str, Memory] = field(default_factory=lambda: dict.fromkeys(ROLES, Memory()))
    """Role of `serve --role` -> its memory. Each role is a Deployment."""
    max_api_replicas: int = 3

    def __post_init__(self) -> None:
        _require_name(self.name)
        for event in self.subscriptions:
            if event.receiver not in (None, self.name):
                raise ValueError(f"{event.type} is for {event.receiver} alone: {self.name} cannot subscribe to it")

    def secrets_of(self, role: str) -> tuple[SecretVariable, ...]:
        """Commands have those of the role `api`."""
        return tuple(each for each in self.secrets if role in each.roles)

    def config_maps_of(self, role: str) -> tuple[str, ...]:
        return ("settings", *(self.worker_config_maps if role == "worker" else ()))

    @property
    def paths(self) -> tuple[str, ...]:
        """Path prefixes, below `/api/v1`."""
        return (*self.routes, f"{DEAD_LETTERS}/{self.name}")


@dataclass(frozen=True)
class ExternalConsumer:
    """An outside program with its own NATS user. It reads these subjects of the streams, through durable consumers of
    its own name, and can do nothing else (docs/consume-events.md).

    Raises ValueError for a subject whose stream is unknown.
    """

    name: str
    subjects: tuple[str, ...]
    """E.g. `tickets.ticket.*.v1.>`; the first word names the publishing service."""

    def __post_init__(self) -> None:
        _require_name(self.name)
        if self.name in (*SERVICES, "provisioner", "backup", "nats", "mongo", "links", "smtp", "dkim"):
            raise ValueError(f"{self.name} is taken: choose another name")
        for subject in self.subjects:
            if subject.partition(".")[0] not in SERVICES:
                raise ValueError(f"{subject} must begin with the name of a service: {', '.join(SERVICES)}")
            for event in EVENTS.values():
                if event.receiver is not None and _overlap(subject.split("."), event.versioned_type().split(".")):
                    raise ValueError(f"{subject} includes {event.type}, which is for {event.receiver} alone")


TOKEN_TRUST_EVENTS: tuple[type[Event], ...] = (
    auth.SigningKeyPublished,
    auth.SessionEnded,
    auth.SessionRevoked,
    auth.UserUpdated,
    auth.UserDeactivated,
    auth.OrganisationSuspended,
)
"""What a service that verifies access tokens subscribes to (token_trust.py)."""


SUPPRESSION_EVENTS: tuple[type[Event], ...] = (mailer.SuppressionAdded, mailer.SuppressionRemoved)
"""What a service that shows suppressed addresses subscribes to (suppressed_addresses.py)."""


def audited_events() -> tuple[type[Event], ...]:
    """What tickets subscribes to for the audit trail, its own events included."""
    return tuple(event for event in EVENTS.values() if event.audited)


_TABLE = (
    ServiceSpec(
        "auth",
        purpose="accounts and sessions",
        routes=("/auth", "/users", "/organisation", "/organisations"),
        subscriptions=SUPPRESSION_EVENTS,
        secrets=(
            SecretVariable("HELPDESK_MASTER_KEY", "auth", "master-key"),
            SecretVariable("HELPDESK_LINK_PUBLIC_KEY", "links", "public-key", public_key_of="private-keys"),
        ),
        roles={"api": Memory("192Mi", "512Mi"), "worker": Memory()},  # password hashing needs memory
        max_api_replicas=6,
    ),
    ServiceSpec(
        "tickets",
        purpose="tickets and the audit trail",
        routes=("/tickets", "/attachments", "/views", "/audit", "/reports", "/policies", "/settings"),
        subscriptions=tuple(dict.fromkeys((*TOKEN_TRUST_EVENTS, *audited_events()))),
        max_api_replicas=8,
    ),
    ServiceSpec(
        "notifications",
        purpose="inboxes, preferences and live streams",
        routes=("/notifications",),
        subscriptions=tuple(
            dict.fromkeys(
                (
                    *TOKEN_TRUST_EVENTS,
                    *SUPPRESSION_EVENTS,
                    auth.UserRegistered,
                    auth.UserReactivated,
                    *NOTIFYING_EVENTS,
                )
            )
        ),
        broadcasts=("broadcast.notifications.inbox.*",),
        secrets=(SecretVariable("HELPDESK_UNSUBSCRIBE_KEYS", "notifications", "unsubscribe-keys"),),
        max_api_replicas=6,
    ),
    ServiceSpec(
        "mailer",
        purpose="outbound mail",
        routes=("/mail",),
        subscriptions=(
            *TOKEN_TRUST_EVENTS,
            auth.SecretLinkIssued,
            notifications.EmailRequested,
            notifications.PreferencesUpdated,
        ),
        secrets=(
            SecretVariable("HELPDESK_LINK_PRIVATE_KEYS", "links", "private-keys", roles=("worker",)),
            SecretVariable("HELPDESK_MAIL_REPLY_KEYS", "mailer", "reply-keys", roles=("worker",)),
            SecretVariable("HELPDESK_SMTP_USERNAME", "smtp", "username", optional=True, roles=("worker",)),
            SecretVariable("HELPDESK_SMTP_PASSWORD", "smtp", "password", optional=True, roles=("worker",)),
        ),
        worker_config_maps=("mail",),
    ),
)

SERVICES: Mapping[str, ServiceSpec] = {spec.name: spec for spec in _TABLE}
"""By name. The position in the table decides the ports of the local stack, so append."""

TRUSTED_PROXIES = 1
"""Proxies between clients and services as they are shipped: our NGINX, or the ingress controller of a cluster. It is
`HELPDESK_TRUSTED_PROXIES`; an installation with a load balancer in front of them sets 2."""

EXTERNAL_CONSUMERS: tuple[ExternalConsumer, ...] = ()
"""E.g. `ExternalConsumer("crm", ("auth.user.*.v1.>", "tickets.>"))`."""


def generated_keys() -> dict[str, list[str]]:
    """Secret -> its keys whose values are random: all that services require but do not get from an operator."""
    found: dict[str, list[str]] = {}
    for each in _required():
        if each.public_key_of is None:
            found.setdefault(each.secret, []).append(each.key)
    return found


def public_keys() -> dict[str, dict[str, str]]:
    """Secret -> its keys that are public keys -> the key of their private key."""
    found: dict[str, dict[str, str]] = {}
    for each in _required():
        if each.public_key_of is not None:
            found.setdefault(each.secret, {})[each.key] = each.public_key_of
    return found


def _required() -> dict[SecretVariable, None]:
    return dict.fromkeys(each for spec in SERVICES.values() for each in spec.secrets if not each.optional)
