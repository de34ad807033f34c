"""The tokens of unsubscribe links. A token can switch off emails of one kind for one person, and nothing else."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from common.errors import NotFound
from common.notification_kinds import KINDS
from common.sealed import DecryptionError, SecretCipher

MAX_AGE = timedelta(days=400)
"""Links of old emails must still work."""


@dataclass(frozen=True)
class Link:
    """The person, and the kind of emails."""

    organisation_id: UUID
    person_id: UUID
    kind: str


class UnsubscribeLinks:
    """Creates and reads the tokens."""

    def __init__(self, cipher: SecretCipher) -> None:
        self._cipher = cipher

    def token(self, link: Link) -> str:
        """URL-safe."""
        return self._cipher.encrypt(f"{link.organisation_id} {link.person_id} {link.kind}")

    def read(self, token: str) -> Link:
        """Raises NotFound for a token that is invalid, expired, or of an unknown kind."""
        try:
            organisation_id, person_id, kind = self._cipher.decrypt(token, not_older_than=MAX_AGE).split()
        except (DecryptionError, ValueError):
            raise NotFound("This unsubscribe link is invalid or has expired.") from None
        if kind not in KINDS:
            raise NotFound("Emails of this kind are not sent.")
        return Link(UUID(organisation_id), UUID(person_id), kind)
