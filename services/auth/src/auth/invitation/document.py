"""An invitation as stored."""

from datetime import datetime, timedelta
from typing import Any, Self

from pymongo import ASCENDING, DESCENDING, IndexModel

from auth.domain.access import GrantableRole
from auth.domain.mailed_token import InvalidLink, MailedToken, require_valid
from auth.organisation.document import Organisation
from common import clock
from common.addresses import address_key, normalize_address
from common.events import Actor, PersonRef
from common.events.auth import InvitationCreated, InvitationRevoked, Locale, SecretLinkIssued
from common.events.notifications import Recipient
from common.ids import new_id
from common.notification_kinds import Invitation as InvitationEmail
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX, ttl_index
from common.principal import Principal
from common.secret_links import LinkEncryptor

LIFETIME = timedelta(days=7)
KEPT_AFTER_EXPIRY = 30 * 24 * 3600


class Invitation(Aggregate):
    """Open until it is accepted, revoked or expired."""

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
            IndexModel([("organisation_id", ASCENDING), ("invited_by.id", ASCENDING)]),
            ttl_index("expires_at", KEPT_AFTER_EXPIRY),
            OUTBOX_INDEX,
        ]

    @classmethod
    def visible_to(cls, by: Principal) -> dict[str, Any]:
        """Open invitations."""
        return {**super().visible_to(by), **cls.open()}

    @staticmethod
    def open() -> dict[str, Any]:
        """As a MongoDB filter."""
        return {"closed_at": None, "expires_at": {"$gt": clock.now()}}

    @classmethod
    def new(
        cls,
        organisation: Organisation,
        *,
        email: str,
        name: str,
        role: GrantableRole,
        locale: Locale,
        by: Actor,
        encryptor: LinkEncryptor,
    ) -> Self:
        """Sends the link."""
        now = clock.now()
        id_ = new_id(now)
        token, stored = MailedToken.issue(id_, LIFETIME)
        invitation = cls(
            id=id_,
            organisation_id=organisation.id,
            email=email,
            email_key=address_key(email),
            name=name,
            role=role,
            locale=locale,
            invited_by=PersonRef(id=by.id, name=by.name),
            created_at=now,
            expires_at=stored.expires_at,
            token=stored,
        )
        invitation.record(InvitationCreated.model_validate(dict(invitation)), by)
        issued: SecretLinkIssued = encryptor.issue(
            InvitationEmail(organisation=organisation.name, inviter=by.name),
            Recipient(id=id_, email=invitation.email, name=name, locale=locale),
            organisation.id,
            token=token,
            expires_at=stored.expires_at,
        )
        invitation.record(issued, by)
        return invitation

    def normalize_email(self) -> None:
        """Stores the address as this version does."""
        self.email = normalize_address(self.email)
        self.email_key = address_key(self.email)

    def revoke(self, by: Actor) -> None:
        if self.closed_at is None:
            self.closed_at = clock.now()
            self.record(InvitationRevoked(email=self.email), by)

    def require_link(self, token: str) -> None:
        """Raises InvalidLink."""
        require_valid(self.token, token)
        if self.closed_at is not None:
            raise InvalidLink

    def accept(self, token: str) -> None:
        """The caller creates the user in the same transaction. Raises InvalidLink."""
        self.require_link(token)
        self.closed_at = clock.now()
