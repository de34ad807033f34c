"""What a backup is told, besides what every service is (`HELPDESK_…`)."""

from pathlib import Path
from typing import Annotated

import pyrage
from pydantic import AfterValidator

from common.settings import Settings


def _recipient(value: str) -> str:
    try:
        pyrage.x25519.Recipient.from_str(value)
    except pyrage.RecipientError:
        raise ValueError("must be an age recipient, `age1…`: `python -m backup keygen` makes one") from None
    return value


class BackupSettings(Settings):
    """`mongo_url` is that of the user `backup`, who reads every database."""

    nats_user: str = "backup"
    backup_recipient: Annotated[str, AfterValidator(_recipient)]
    """Who can open the backups. Only the public half is here: whoever gets hold of this machine can not read them."""
    backup_directory: Path = Path("/backups")
