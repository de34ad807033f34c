"""The passwords and keys of one data directory: generated at its first start, and kept in it."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.messaging.permissions import nats_users
from common.secret_links import public_key_of
from common.services import SERVICES, generated_keys, public_keys


@dataclass(frozen=True)
class Secrets:
    mongo_root: str
    mongo_keyfile: str
    """Shared key of the replica set's members (base64)."""
    mongo: dict[str, str]
    """Service -> its MongoDB password."""
    nats: dict[str, str]
    """NATS user -> its password."""
    keys: dict[str, str]
    """`<secret>/<key>` of the table of services -> 32 bytes in base64url."""


def generate() -> Secrets:
    return Secrets(
        mongo_root=secrets.token_urlsafe(24),
        mongo_keyfile=base64.b64encode(secrets.token_bytes(96)).decode(),
        mongo={service: secrets.token_urlsafe(24) for service in SERVICES},
        nats={user: secrets.token_urlsafe(24) for user in nats_users()},
        keys=_with_public_keys(
            {f"{secret}/{key}": _random_key() for secret, keys in generated_keys().items() for key in keys}
        ),
    )


def load_or_generate(path: Path) -> Secrets:
    """The secrets in `path`. Missing ones are generated and written there (mode 0600): all of them at the first start,
    later those of a new service."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    merged: dict[str, Any] = {
        name: {**value, **kept.get(name, {})} if isinstance(value, dict) else kept.get(name, value)
        for name, value in vars(generate()).items()
    }
    merged["keys"] = _with_public_keys(merged["keys"])  # of the kept private keys
    if merged != kept:
        write_private(path, json.dumps(merged, indent=2) + "\n")
    return Secrets(**merged)


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Writes a file atomically. Other users cannot read it at any moment."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _with_public_keys(keys: dict[str, str]) -> dict[str, str]:
    """`keys`, with the public keys of those that are private keys."""
    public = {
        f"{secret}/{key}": public_key_of(keys[f"{secret}/{private}"])
        for secret, pairs in public_keys().items()
        for key, private in pairs.items()
    }
    return {**keys, **public}


def _random_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
