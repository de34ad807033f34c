"""The files that follow from the table of services, and from other data of this package.

templates/ mirrors the checkout: each template renders to the file of the same path, and `{service}.yaml` to a file for
each service. Their tags are those of ERB (`<%= name %>`), since YAML, GitHub and Prometheus use the braces.
"""

import base64
import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cluster import dashboards, imports, objectives
from cluster.paths import COMPONENTS, K8S
from common.messaging.permissions import (
    BACKUP,
    PROVISIONER,
    STREAMS_ACCOUNT,
    account_of,
    exports,
    nats_users,
    permissions_for,
)
from common.messaging.topology import consumers_of
from common.secret_links import public_key_of
from common.services import EXTERNAL_CONSUMERS, SERVICES, TRUSTED_PROXIES, ExternalConsumer, generated_keys, public_keys
from stack.paths import CHECKOUT
from stack.routes import ROUTES, SPECIAL_LOCATIONS, WEB

TEMPLATES = Path(__file__).parent / "templates"


def files(external: Sequence[ExternalConsumer] = EXTERNAL_CONSUMERS) -> dict[Path, str]:
    """Path -> text of every generated file."""
    return {
        **_rendered(external),
        K8S / "make_secrets.json": json.dumps(_secrets(external), indent=2) + "\n",
        COMPONENTS / "monitoring" / "rules" / "objectives.yaml": _header("infra/cluster/src/cluster/objectives.py")
        + yaml.safe_dump_all(objectives.rules(), sort_keys=False, width=120),
        **{
            COMPONENTS / "monitoring" / "dashboards" / f"{name}.json": dashboards.render(name)
            for name in dashboards.DASHBOARDS
        },
        imports.PAGE: imports.page(),
    }


def stale() -> list[Path]:
    """Generated files that differ from the code, are missing, or belong to a service that is not in the table."""
    wanted = files()
    return [path for path, text in wanted.items() if not path.exists() or path.read_text() != text] + _orphans(wanted)


def write() -> None:
    wanted = files()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    for path in _orphans(wanted):
        path.unlink()


def development_secrets(external: Sequence[ExternalConsumer] = EXTERNAL_CONSUMERS) -> dict[str, dict[str, str]]:
    """Secret -> key -> value. The values are public, and are the same at every run."""
    found: dict[str, dict[str, str]] = {}
    for name in SERVICES:
        found[name] = {"mongo-url": _mongo_url(name, "mongo-0.mongo"), "nats-password": f"dev-only-{name}"}
    for each in external:
        found[each.name] = {"nats-password": f"dev-only-{each.name}"}
    for secret, keys in generated_keys().items():
        found.setdefault(secret, {}).update({key: _development_key(f"{secret}/{key}") for key in keys})
    for secret, pairs in public_keys().items():
        found[secret].update({key: public_key_of(found[secret][private]) for key, private in pairs.items()})
    return found


def _rendered(external: Sequence[ExternalConsumer]) -> dict[Path, str]:
    environment = Environment(  # noqa: S701 - the files are no HTML
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<%=",
        variable_end_string="%>",
        comment_start_string="<%#",
        comment_end_string="%>",
    )
    environment.globals = _context(external)
    found = {}
    for template in _templates():
        for spec in SERVICES.values() if "{service}" in template else [None]:
            path = CHECKOUT / template.format(service=spec and spec.name)
            found[path] = _header("its template in infra/cluster/src/cluster/templates") + environment.get_template(
                template
            ).render(service=spec)
    return found


def _context(external: Sequence[ExternalConsumer]) -> dict[str, Any]:
    version = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    workloads = {f"{name}-{role}": (name, role) for name, spec in SERVICES.items() for role in spec.roles}
    return {
        "services": list(SERVICES.values()),
        "config_maps": list(dict.fromkeys(("settings", *(m for s in SERVICES.values() for m in s.worker_config_maps)))),
        "mongo_users": (*SERVICES, BACKUP),
        "nats_users": nats_users(external),
        "account_of": account_of,
        "streams_account": STREAMS_ACCOUNT,
        "nats_exports": exports(external),
        "provisioner": PROVISIONER,
        "permissions_for": lambda user: permissions_for(user, external),
        "consumers_of": consumers_of,
        "routes": ROUTES,
        "special_locations": SPECIAL_LOCATIONS,
        "web": WEB,
        "trusted_proxies": TRUSTED_PROXIES,
        "autoscaled": {f"{name}-api": spec.max_api_replicas for name, spec in SERVICES.items()} | {WEB: 4},
        "workloads": workloads | {WEB: (WEB, WEB), "nats": ("nats", "broker"), "mongo": ("mongo", "database")},
        "deployed_images": (*SERVICES, WEB),
        "version": version,
        "mongo_url": _mongo_url,
        "development_secrets": development_secrets(external),
    }


def _templates() -> list[str]:
    return sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())


def _orphans(wanted: Mapping[Path, str]) -> list[Path]:
    patterns = [template.format(service="*") for template in _templates() if "{service}" in template]
    return [path for pattern in patterns for path in CHECKOUT.glob(pattern) if path not in wanted]


def _secrets(external: Sequence[ExternalConsumer]) -> dict[str, Any]:
    """What make_secrets.py, which needs nothing but Python, has to know."""
    return {
        "services": list(SERVICES),
        "external_consumers": [each.name for each in external],
        "keys": generated_keys(),
        "public_keys": public_keys(),
    }


def _mongo_url(service: str, host: str) -> str:
    return f"mongodb://{service}:dev-only-{service}@{host}:27017/{service}?replicaSet=rs0&authSource={service}"


def _development_key(name: str) -> str:
    """A Fernet key that contains "dev-only" (common/settings.py)."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode()
    return f"dev-only-{digest[:33]}A="


def _header(source: str) -> str:
    return f"# Generated by `make generate` from {source}. Do not edit.\n"
