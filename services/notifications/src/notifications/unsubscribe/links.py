"""What an unsubscribe link says, sealed: who holds the link can switch off one kind of mail for one person, no more."""

from dataclasses import dataclass
from datetime import timedelta
from typing import get_args
from uuid import UUID

from common.errors import NotFound
from common.events.notifications import Kind
from common.sealed import DecryptionError, SecretCipher

VALID = timedelta(days=400)
"""A mail may lie unread for long, and its link is to work all the same."""


@dataclass(frozen=True)
class Link:
    """Whose mails of which kind."""

    organisation_id: UUID
    person_id: UUID
    kind: Kind


class UnsubscribeLinks:
    """Makes and reads the tokens in such links."""

    def __init__(self, cipher: SecretCipher) -> None:
        self._cipher = cipher

    def token(self, link: Link) -> str:
        """Fits into an address without escaping."""
        return self._cipher.encrypt(f"{link.organisation_id} {link.person_id} {link.kind}")

    def read(self, token: str) -> Link:
        """Raises NotFound for what this service did not make, or too long ago."""
        try:
            organisation_id, person_id, kind = self._cipher.decrypt(token, not_older_than=VALID).split()
        except (DecryptionError, ValueError):
            raise NotFound("This link is not complete, or too old.") from None
        if kind not in get_args(Kind):
            raise NotFound("There are no mails of this kind any more.")
        return Link(UUID(organisation_id), UUID(person_id), kind)  # type: ignore[arg-type]  # just compared
