"""Settings of a backup, from environment variables (`HELPDESK_…`)."""

from pathlib import Path
from typing import Annotated, Self

import pyrage
from pydantic import AfterValidator, model_validator

from common.settings import Settings

DEVELOPMENT_RECIPIENT = "age14qnl56tyy72vyfrl0ku5q4l7dvsppkwsngur2j6td5zu9kq6zgnse8xuvc"
"""Of the overlay for development. Its private key is in the repository, so everybody can decrypt what it encrypts."""


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

    @model_validator(mode="after")
    def _refuse_public_recipient(self) -> Self:
        if self.environment == "production" and self.backup_recipient == DEVELOPMENT_RECIPIENT:
            raise ValueError(
                "backup_recipient: left at the value for development, whose private key is public;"
                " make your own with `python -m backup keygen`"
            )
        return self
