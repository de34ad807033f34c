"""Settings of a backup, from environment variables (`HELPDESK_…`)."""

from pathlib import Path
from typing import Annotated

import pyrage
from pydantic import AfterValidator

from common.settings import Settings


def _recipient(value: str) -> str:
    try:
        pyrage.x25519.Recipient.from_str(value)
    except pyrage.RecipientError:
        raise ValueError("must be an age recipient, `age1…`, as `python -m backup keygen` creates it") from None
    return value


class BackupSettings(Settings):
    """`mongo_url` is that of the user `backup`, which may read every database."""

    nats_user: str = "backup"
    backup_recipient: Annotated[str, AfterValidator(_recipient)]
    """An age public key. Without the private key, this machine cannot read its backups."""
    backup_directory: Path = Path("/backups")
