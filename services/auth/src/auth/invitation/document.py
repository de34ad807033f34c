"""An invitation as stored."""

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from pymongo import ASCENDING, DESCENDING, IndexModel

from auth.access import GrantableRole
from auth.mailed_token import LinkOfNoUse, MailedToken
from auth.user.document import email_key
from common import clock
from common.events import Actor, PersonRef
from common.events.auth import InvitationCreated, InvitationRevoked, Locale
from common.ids import new_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from common.sealed import SecretCipher

LIFETIME = timedelta(days=7)
KEPT_AFTER_EXPIRY = 30 * 24 * 3600


class Invitation(Aggregate):
    """Open until it is accepted, revoked or too old."""

    email: str
    email_key: str
    name: str
    role: GrantableRole
    locale: Locale
    invited_by: PersonRef
    created_at: datetime
    expires_at: datetime
    closed_at: datetime | None = None
    """When it was accepted or revoked."""
    token: MailedToken

    class Settings(Aggregate.Settings):
        name = "invitations"
        indexes = [
            IndexModel([("organisation_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("organisation_id", ASCENDING), ("email_key", ASCENDING)]),
            IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=KEPT_AFTER_EXPIRY),
            OUTBOX_INDEX,
        ]

    @classmethod
    def new(
        cls,
        organisation_id: UUID,
        organisation_name: str,
        *,
        email: str,
        name: str,
        role: GrantableRole,
        locale: Locale,
        by: Actor,
        cipher: SecretCipher,
    ) -> Self:
        """Sends the link."""
        now = clock.now()
        id_ = new_id(now)
        token, kept = MailedToken.issue(id_, LIFETIME)
        invited_by = PersonRef(id=by.id, name=by.name)
        invitation = cls(
            id=id_,
            organisation_id=organisation_id,
            email=email.strip(),
            email_key=email_key(email),
            name=name,
            role=role,
            locale=locale,
            invited_by=invited_by,
            created_at=now,
            expires_at=kept.expires_at,
            token=kept,
        )
        created = InvitationCreated(
            email=invitation.email,
            name=name,
            role=role,
            locale=locale,
            invited_by=invited_by,
            organisation=organisation_name,
            sealed_token=cipher.encrypt(token),
            expires_at=kept.expires_at,
        )
        invitation.record(created, by)
        return invitation

    def revoke(self, by: Actor) -> None:
        """Its link opens nothing any more."""
        if self.closed_at is None:
            self.closed_at = clock.now()
            self.record(InvitationRevoked(email=self.email), by)

    def require_link(self, token: str) -> None:
        """Raises LinkOfNoUse unless that link accepts it."""
        if self.closed_at is not None or not self.token.is_opened_by(token):
            raise LinkOfNoUse

    def accept(self, token: str) -> None:
        """Somebody joins by that link: whoever calls makes the account in the same transaction. Raises
        LinkOfNoUse."""
        self.require_link(token)
        self.closed_at = clock.now()
