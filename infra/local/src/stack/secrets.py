"""The passwords and keys of one data directory: made once, at its first start, and kept with it."""

import base64
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

SERVICES = ("auth", "tickets", "notifications", "mailer")
NATS_USERS = (*SERVICES, "provisioner", "backup")


@dataclass(frozen=True)
class Secrets:
    mongo_root: str
    mongo_keyfile: str
    """Shared key of the replica set's members (base64)."""
    mongo: dict[str, str]
    """Service -> its MongoDB password."""
    nats: dict[str, str]
    """NATS user -> its password."""
    sealing_key: str
    """Fernet key (base64url of 32 bytes) of the secrets that travel inside events."""
    master_key: str
    """Encrypts auth's signing keys at rest (base64url of 32 bytes)."""
    unsubscribe_key: str
    """Fernet key of what unsubscribe links say."""


def generate() -> Secrets:
    return Secrets(
        mongo_root=secrets.token_urlsafe(24),
        mongo_keyfile=base64.b64encode(secrets.token_bytes(96)).decode(),
        mongo={service: secrets.token_urlsafe(24) for service in SERVICES},
        nats={user: secrets.token_urlsafe(24) for user in NATS_USERS},
        sealing_key=_key(),
        master_key=_key(),
        unsubscribe_key=_key(),
    )


def load_or_generate(path: Path) -> Secrets:
    """The secrets in `path`. Those that are not there yet, of a newer version too, are generated and written there
    (mode 0600)."""
    kept = json.loads(path.read_text()) if path.exists() else {}
    made = vars(generate())
    made["nats"] |= kept.get("nats", {})
    secrets = Secrets(**{**made, **kept, "nats": made["nats"]})
    if vars(secrets) != kept:
        write_private(path, json.dumps(vars(secrets), indent=2) + "\n")
    return secrets


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file whole or not at all, never readable by others, not even for a moment."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
