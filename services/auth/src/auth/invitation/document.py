"""An invitation as stored."""

from datetime import datetime, timedelta
from typing import Any, Self

from pymongo import ASCENDING, DESCENDING, IndexModel

from auth.domain.access import GrantableRole
from auth.domain.authority import ENDINGS, AccountChange, Pending
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
MAX_OPEN_PER_INVITER = 100
MAX_OPEN_PER_ORGANISATION = 1000


class Invitation(Aggregate):
    """Open until it is accepted, revoked or expired, or the organisation is suspended. `suspensions` is
    `Organisation.suspensions` when it was sent."""

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
    suspensions: int = 0

    class Settings(Aggregate.Settings):
        name = "invitations"
        indexes = [
            IndexModel([("organisation_id", ASCENDING), ("_id", DESCENDING)]),
            IndexModel([("organisation_id", ASCENDING), ("email_key", ASCENDING)]),
            IndexModel([("organisation_id", ASCENDING), ("closed_at", ASCENDING), ("expires_at", ASCENDING)]),
            IndexModel(
                [
                    ("organisation_id", ASCENDING),
                    ("invited_by.id", ASCENDING),
                    ("closed_at", ASCENDING),
                    ("expires_at", ASCENDING),
                ]
            ),
            ttl_index("expires_at", KEPT_AFTER_EXPIRY),
            OUTBOX_INDEX,
        ]

    @classmethod
    def visible_to(cls, by: Principal) -> dict[str, Any]:
        """Open invitations, also those that a suspension has ended."""
        return {**super().visible_to(by), **cls.open()}

    @staticmethod
    def open() -> dict[str, Any]:
        """As a MongoDB filter."""
        return {"closed_at": None, "expires_at": {"$gt": clock.now()}}

    @classmethod
    def open_in(cls, organisation: Organisation) -> dict[str, Any]:
        """Those that can be accepted, as a MongoDB filter."""
        current = {"suspensions": organisation.suspensions} if _ends_with_suspension() else {}
        return {"organisation_id": organisation.id, **cls.open(), **current}

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
            suspensions=organisation.suspensions,
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

    def require_link(self, token: str, organisation: Organisation) -> None:
        """Raises InvalidLink."""
        require_valid(self.token, token)
        outdated = self.suspensions != organisation.suspensions and _ends_with_suspension()
        if self.closed_at is not None or outdated:
            raise InvalidLink

    def accept(self, token: str, organisation: Organisation) -> None:
        """The caller creates the user in the same transaction. Raises InvalidLink."""
        self.require_link(token, organisation)
        self.closed_at = clock.now()


def _ends_with_suspension() -> bool:
    return Pending.INVITATIONS in ENDINGS[AccountChange.ORGANISATION_SUSPENDED].pending
