"""A user as stored."""

from datetime import datetime, timedelta
from typing import Any, Literal, Self, get_args
from uuid import UUID

from pydantic import BaseModel, Field
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from auth.domain.access import GrantableRole
from auth.domain.mailed_token import MailedToken, require_valid
from auth.domain.recovery_codes import hash_code
from auth.domain.search_terms import search_terms
from common import clock
from common import notification_kinds as kinds
from common.addresses import address_key, normalize_address, with_unicode_domain
from common.causation import current_causation
from common.errors import Conflict
from common.events import Actor, Role, changed_fields
from common.events.auth import (
    EmailVerificationRequested,
    Locale,
    MfaDisabled,
    MfaEnabled,
    PasswordChanged,
    PasswordResetRequested,
    Person,
    SecretLinkIssued,
    UserDeactivated,
    UserReactivated,
    UserRegistered,
    UserUnlocked,
    UserUpdated,
)
from common.events.notifications import Recipient
from common.mongo import ClientSession
from common.notification_kinds import NotificationKind
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from common.principal import Principal
from common.secret_links import LinkEncryptor, SecretLink
from common.text import sort_key

RESET_LIFETIME = timedelta(hours=1)
VERIFICATION_LIFETIME = timedelta(hours=24)


class EmailTaken(Conflict):
    """The organisation has another user with that email address."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is an account with this email address.")


class PasswordResetToken(MailedToken):
    """`request_id` identifies the request, so that one request causes one email."""

    request_id: UUID


class EmailVerificationToken(MailedToken):
    """`email` is the address that it verifies: the user's own, or the one of a pending change."""

    email: str


class SecondFactor(BaseModel):
    """A TOTP key (RFC 6238), encrypted, and the hashes of the unused recovery codes. Codes of `last_step` and of
    earlier steps are refused."""

    encrypted_key: bytes
    last_step: int
    recovery_code_hashes: list[str]


def _index(*fields: str, unique: bool = False) -> IndexModel:
    return IndexModel([("organisation_id", ASCENDING), *((field, ASCENDING) for field in fields)], unique=unique)


class User(Aggregate):
    """A user of one organisation. `email` is normalized (common/addresses.py) and compared by `email_key`; `name_key`
    sorts."""

    email: str
    email_key: str
    email_verified: bool = False
    name: str
    name_key: str
    search_terms: list[str]
    role: Role
    locale: Locale = "en"
    active: bool = True
    password_hash: str
    password_changed_at: datetime = Field(default_factory=clock.now)
    password_reset: PasswordResetToken | None = None
    verification: EmailVerificationToken | None = None
    mfa_enabled: bool = False
    second_factor: SecondFactor | None = None
    pending_encrypted_key: bytes | None = None
    """The TOTP key of a second factor that is not confirmed yet."""
    created_at: datetime = Field(default_factory=clock.now)
    last_login_at: datetime | None = None
    """Logins set it without changing `version`."""

    class Settings(Aggregate.Settings):
        name = "users"
        indexes = [
            _index("email_key", unique=True),
            _index("name_key", "_id"),
            _index("role", "name_key", "_id"),
            _index("active", "name_key", "_id"),
            _index("search_terms"),
            OUTBOX_INDEX,
        ]

    @classmethod
    def visible_to(cls, by: Principal) -> dict[str, Any]:
        """Operators manage the installation: the users of their organisation do not see them."""
        role = "operator" if by.role == "operator" else {"$in": list(get_args(GrantableRole))}
        return {**super().visible_to(by), "role": role}

    @classmethod
    def register(
        cls,
        organisation_id: UUID,
        email: str,
        name: str,
        role: Role,
        password_hash: str,
        *,
        locale: Locale = "en",
        email_verified: bool = False,
    ) -> Self:
        """A new user, who is the actor of the event."""
        user = cls(
            organisation_id=organisation_id,
            email=email,
            email_verified=email_verified,
            name=name,
            role=role,
            locale=locale,
            password_hash=password_hash,
            **_derived_fields(name, email),
        )
        user.record(UserRegistered(person=user.as_person()), actor=user.as_actor())
        return user

    @classmethod
    async def find_by_email(
        cls, organisation_id: UUID, email: str, session: ClientSession | None = None
    ) -> Self | None:
        query = {"organisation_id": organisation_id, "email_key": address_key(email)}
        return await cls.find_one(query, session=session)

    async def commit(self, session: ClientSession | None = None) -> Self:
        """Also raises EmailTaken."""
        try:
            return await super().commit(session)
        except DuplicateKeyError:
            raise EmailTaken from None

    def as_person(self) -> Person:
        """What other services store of the user."""
        return Person.model_validate({name: getattr(self, name) for name in Person.model_fields})

    def as_actor(self) -> Actor:
        return Actor(id=self.id, name=self.name, role=self.role)

    @property
    def pending_email(self) -> str | None:
        """The address of a change that is not verified yet."""
        token = self.verification
        return token.email if token and token.expires_at > clock.now() and token.email != self.email else None

    def edit(
        self, by: Actor, *, name: str | None = None, locale: Locale | None = None, role: GrantableRole | None = None
    ) -> None:
        """Records only the fields that differ."""
        given = {"name": name, "locale": locale, "role": role}
        self._set(by, {field: value for field, value in given.items() if value is not None})

    def normalize_email(self) -> None:
        """Stores the address, and what is derived from it and from the name, as this version does."""
        self._set(None, {"email": normalize_address(self.email)})
        for field, value in _derived_fields(self.name, self.email).items():
            setattr(self, field, value)
        if self.verification is not None:
            self.verification.email = normalize_address(self.verification.email)

    def deactivate(self, by: Actor) -> None:
        """The caller revokes the sessions in the same transaction."""
        if self.active:
            self.active = False
            self.password_reset = None
            self.record(UserDeactivated(person=self.as_person()), by)

    def reactivate(self, by: Actor) -> None:
        if not self.active:
            self.active = True
            self.record(UserReactivated(person=self.as_person()), by)

    def unlock(self, by: Actor) -> None:
        """The caller forgets the failed logins."""
        self.record(UserUnlocked(user_id=self.id), by)

    def request_email_verification(self, email: str, encryptor: LinkEncryptor) -> None:
        """Sends a link to that address. The previous link becomes invalid."""
        token, self.verification = EmailVerificationToken.issue(self.id, VERIFICATION_LIFETIME, email=email)
        expires_at = self.verification.expires_at
        self.record(EmailVerificationRequested(user_id=self.id, expires_at=expires_at, email=email), self.as_actor())
        self._send_link(kinds.VerifyEmail(), email, token, expires_at, encryptor, self.as_actor())

    def verify_email(self, token: str) -> None:
        """Raises InvalidLink."""
        verification = require_valid(self.verification, token)
        if verification.email != self.email:
            self.password_reset = None  # its link was sent to the former address
        self._set(self.as_actor(), {"email": verification.email, "email_verified": True})
        self.verification = None

    def request_password_reset(self, request_id: UUID, encryptor: LinkEncryptor) -> None:
        """Sends a link, once per request. The previous link becomes invalid."""
        if self.password_reset is not None and self.password_reset.request_id == request_id:
            return
        token, self.password_reset = PasswordResetToken.issue(self.id, RESET_LIFETIME, request_id=request_id)
        expires_at = self.password_reset.expires_at
        self.record(PasswordResetRequested(user_id=self.id, expires_at=expires_at), actor=None)
        causation = current_causation()
        context = kinds.PasswordReset(ip=causation.ip if causation else None)
        self._send_link(context, self.email, token, expires_at, encryptor, actor=None)

    def set_password(self, password_hash: str, method: Literal["change", "reset"]) -> None:
        """The caller revokes the sessions in the same transaction."""
        self.password_hash = password_hash
        self.password_changed_at = clock.now()
        self.password_reset = None
        self.record(PasswordChanged(user_id=self.id, method=method), self.as_actor())
        if method == "reset":  # the link was received at the address, which verifies it
            self._set(self.as_actor(), {"email_verified": True})

    def start_mfa_setup(self, encrypted_key: bytes) -> None:
        """Raises Conflict where a second factor is enabled."""
        if self.mfa_enabled:
            raise Conflict("Two-factor authentication is already enabled.", code="mfa_already_enabled")
        self.pending_encrypted_key = encrypted_key

    def enable_mfa(self, factor: SecondFactor) -> None:
        self.mfa_enabled, self.second_factor, self.pending_encrypted_key = True, factor, None
        self.record(MfaEnabled(user_id=self.id), self.as_actor())

    def disable_mfa(self, by: Actor) -> None:
        if self.mfa_enabled:
            self.mfa_enabled, self.second_factor = False, None
            self.record(MfaDisabled(user_id=self.id), by)

    def replace_recovery_codes(self, hashes: list[str]) -> None:
        if self.second_factor is not None:
            self.second_factor.recovery_code_hashes = hashes

    def consume_recovery_code(self, code: str) -> bool:
        """False for a code that is unknown or used."""
        code_hash = hash_code(code)
        if self.second_factor is None or code_hash not in self.second_factor.recovery_code_hashes:
            return False
        self.second_factor.recovery_code_hashes.remove(code_hash)
        return True

    def _send_link(
        self,
        context: NotificationKind,
        email: str,
        token: str,
        expires_at: datetime,
        encryptor: LinkEncryptor,
        actor: Actor | None,
    ) -> None:
        is_verified = self.email_verified and email == self.email
        recipient = Recipient(id=self.id, email=email, name=self.name if is_verified else "", locale=self.locale)
        link = SecretLink.new(context, recipient, self.organisation_id, token=token, expires_at=expires_at)
        self.record(
            SecretLinkIssued(purpose=link.purpose, expires_at=expires_at, sealed_link=encryptor.encrypt(link)), actor
        )

    def _set(self, by: Actor | None, values: dict[str, Any]) -> None:
        changes = changed_fields({field: getattr(self, field) for field in values}, values)
        if changes:
            for field, value in values.items():
                setattr(self, field, value)
            for field, value in _derived_fields(self.name, self.email).items():
                setattr(self, field, value)
            self.record(UserUpdated(person=self.as_person(), changes=changes), by)


def _derived_fields(name: str, email: str) -> dict[str, Any]:
    return {
        "email_key": address_key(email),
        "name_key": sort_key(name),
        "search_terms": search_terms(name, email, with_unicode_domain(email)),
    }
