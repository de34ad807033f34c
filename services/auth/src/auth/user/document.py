"""A user as stored."""

from collections.abc import Container
from datetime import datetime, timedelta
from typing import Any, Literal, Self, get_args
from uuid import UUID

from pydantic import Field
from pymongo import ASCENDING, IndexModel
from pymongo.errors import DuplicateKeyError

from auth.domain.access import GrantableRole
from auth.domain.authority import ENDINGS, AccountChange, Pending
from auth.domain.mailed_token import InvalidLink, MailedToken, require_valid
from auth.domain.opaque_token import matches_hash
from auth.domain.recovery_codes import hash_code
from auth.domain.search_terms import search_terms
from auth.organisation.document import Organisation
from auth.user.errors import EmailChangedTooOften, EmailNotVerified, EmailReserved, EmailTaken
from auth.user.pending import EmailChange, FormerEmail, PasswordResetToken, SecondFactor
from common import clock
from common import notification_kinds as kinds
from common.addresses import address_key, normalize_address, with_unicode_domain
from common.causation import Causation, current_causation
from common.errors import Conflict, NotFound
from common.events import Actor, Role, changed_fields
from common.events.auth import (
    ContactClaimed,
    EmailChangeCancelled,
    EmailChanged,
    EmailChangeRequested,
    EmailRestored,
    EmailVerificationRequested,
    Locale,
    MfaDisabled,
    MfaEnabled,
    PasswordChanged,
    PasswordResetRequested,
    Person,
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
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
from common.outbox.aggregate import OUTBOX_INDEX, Scope
from common.principal import Principal
from common.secret_links import LinkEncryptor
from common.text import sort_key

RESET_LIFETIME = timedelta(hours=1)
VERIFICATION_LIFETIME = timedelta(hours=24)
CANCELLATION_LIFETIME = timedelta(days=3)
"""Longer than that of the confirmation: the owner of the former address may read the warning after a weekend."""
MAX_FORMER_EMAILS = 5

_PENDING_FIELDS = {
    Pending.EMAIL_CHANGE: "email_change",
    Pending.RESET_LINK: "password_reset",
    Pending.VERIFICATION_LINK: "verification",
    Pending.MFA_SETUP: "pending_encrypted_key",
}


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
    password_hash: str | None
    is_contact: bool = False
    """Whether somebody else made it and nobody can log in yet: there is no password."""
    suspensions: int = 0
    """`Organisation.suspensions` when what is pending was begun."""
    credentials_version: int = 0
    """Incremented by each change that ends the logins that wait for a code."""
    password_reset: PasswordResetToken | None = None
    verification: MailedToken | None = None
    email_change: EmailChange | None = None
    former_emails: list[FormerEmail] = []
    """Oldest first."""
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
            _index("former_emails.email_key"),
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
        password_hash: str | None,
        *,
        locale: Locale = "en",
        email_verified: bool = False,
        actor: Actor | None = None,
    ) -> Self:
        """A new user, who is the actor of the event unless another one is given."""
        user = cls(
            organisation_id=organisation_id,
            email=email,
            email_verified=email_verified,
            name=name,
            role=role,
            locale=locale,
            password_hash=password_hash,
            is_contact=password_hash is None,
            **_derived_fields(name, email),
        )
        user.record(UserRegistered(person=user.as_person()), actor=actor or user.as_actor())
        return user

    @classmethod
    async def find_by_email(
        cls, organisation_id: UUID, email: str, session: ClientSession | None = None
    ) -> Self | None:
        query = {"organisation_id": organisation_id, "email_key": address_key(email)}
        return await cls.find_one(query, session=session)

    @classmethod
    async def require_unreserved(
        cls, organisation_id: UUID, email: str, owner: UUID | None = None, session: ClientSession | None = None
    ) -> None:
        """Raises EmailReserved where a user other than `owner` had the address and can still restore it.

        Call it after `find_by_email`: of a change that is confirmed meanwhile, one of the two reads learns."""
        restorable = {"email_key": address_key(email), "cancellation.expires_at": {"$gt": clock.now()}}
        others = {"organisation_id": organisation_id, "_id": {"$ne": owner}}
        if await cls.find_one({**others, "former_emails": {"$elemMatch": restorable}}, session=session) is not None:
            raise EmailReserved

    @classmethod
    async def load(cls, id: UUID, scope: Scope, session: ClientSession | None = None) -> Self:  # noqa: A002
        """Without what a suspension of the organisation has ended. Raises NotFound."""
        user = await super().load(id, scope, session)
        user.end_pending_before(await Organisation.count_suspensions(user.organisation_id, session))
        return user

    async def commit(self, session: ClientSession | None = None) -> Self:
        """Also raises EmailReserved, EmailTaken."""
        if self.version == 0 or "email_key" in self.get_changes():
            await self.require_unreserved(self.organisation_id, self.email, self.id, session)
        try:
            return await super().commit(session)
        except DuplicateKeyError:
            raise EmailTaken from None

    def as_person(self) -> Person:
        """What other services store of the user."""
        return Person.model_validate({name: getattr(self, name) for name in Person.model_fields})

    def as_actor(self) -> Actor:
        return Actor(id=self.id, name=self.name, role=self.role)

    def credentials(self) -> tuple[Any, ...]:
        """What a proof of identity depends on. Another value outdates the proof."""
        return self.id, self.password_hash, self.email_verified, self.mfa_enabled

    @property
    def pending_email(self) -> str | None:
        """The address of a change that is not confirmed yet."""
        change = self.email_change
        return change.email if change and change.confirmation.expires_at > clock.now() else None

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
        if self.email_change is not None:
            self.email_change.email = normalize_address(self.email_change.email)
        for former in self.former_emails:
            former.email = normalize_address(former.email)
            former.email_key = address_key(former.email)

    def end_pending(self, change: AccountChange) -> None:
        """What the user's document holds of that. auth/authority/commands.py ends the rest."""
        ended = ENDINGS[change].pending
        for field in _fields_of(ended):
            setattr(self, field, None)
        if Pending.LOGINS in ended:
            self.credentials_version += 1

    def end_pending_before(self, suspensions: int) -> None:
        """Ends what was begun at another number of suspensions of the organisation."""
        if self.suspensions != suspensions:
            self.end_pending(AccountChange.ORGANISATION_SUSPENDED)
            self.suspensions = suspensions

    def deactivate(self, by: Actor) -> None:
        if self.active:
            self.active = False
            self.record(UserDeactivated(person=self.as_person()), by)

    def reactivate(self, by: Actor) -> None:
        if not self.active:
            self.active = True
            self.record(UserReactivated(person=self.as_person()), by)

    def unlock(self, by: Actor) -> None:
        """The caller forgets the failed logins."""
        self.record(UserUnlocked(user_id=self.id), by)

    def request_email_verification(self, encryptor: LinkEncryptor) -> None:
        """Sends a link. The previous link becomes invalid."""
        token, self.verification = MailedToken.issue(self.id, VERIFICATION_LIFETIME)
        self._send_verification(self.email, token, self.verification, encryptor)

    def verify_email(self, token: str) -> AccountChange:
        """Verifies the user's own address, or replaces it with that of the pending change; returns which. Raises
        InvalidLink."""
        self.require_verification_link(token)
        change = self.email_change
        if change is not None and matches_hash(token, change.confirmation.token_hash):
            before = self.email
            former = FormerEmail(email=before, email_key=self.email_key, cancellation=change.cancellation)
            self.former_emails = [*self._restorable_emails(), former]
            self._set(self.as_actor(), {"email": change.email, "email_verified": True})
            self.record(EmailChanged(user_id=self.id, before=before, after=self.email), self.as_actor())
            return AccountChange.EMAIL_CHANGED
        self._set(self.as_actor(), {"email_verified": True})
        return AccountChange.EMAIL_VERIFIED

    def request_email_change(self, email: str, encryptor: LinkEncryptor) -> None:
        """Sends a link to `email`, which confirms the change, and one to the present address, which cancels it. A
        change that is pending already is replaced. Raises EmailNotVerified, EmailChangedTooOften."""
        self.require_verified_email()
        if len(self._restorable_emails()) >= MAX_FORMER_EMAILS:
            raise EmailChangedTooOften
        confirmation, confirming = MailedToken.issue(self.id, VERIFICATION_LIFETIME)
        cancellation, cancelling = MailedToken.issue(self.id, CANCELLATION_LIFETIME)
        self.email_change = EmailChange(email=email, confirmation=confirming, cancellation=cancelling)
        self._send_verification(email, confirmation, confirming, encryptor)
        requested = EmailChangeRequested(user_id=self.id, email=email, expires_at=confirming.expires_at)
        self.record(requested, self.as_actor())
        request = current_causation() or Causation("")
        context = kinds.EmailChangeRequested(at=clock.now(), ip=request.ip, user_agent=request.user_agent)
        self._send_link(context, self.email, cancellation, cancelling.expires_at, encryptor, self.as_actor())

    def repeat_email_verification(self, encryptor: LinkEncryptor) -> None:
        """Sends another link to the address that is to be verified, which is that of a pending change if there is one.
        The link that cancels the change stays valid. Raises Conflict where no address is unverified."""
        if self.email_change is None or self.pending_email is None:
            if self.email_verified:
                raise Conflict("Your email address is already verified.", code="email_already_verified")
            self.request_email_verification(encryptor)
            return
        change = self.email_change
        confirmation, confirming = MailedToken.issue(self.id, VERIFICATION_LIFETIME)
        cancelling = change.cancellation.model_copy(update={"expires_at": clock.now() + CANCELLATION_LIFETIME})
        self.email_change = EmailChange(email=change.email, confirmation=confirming, cancellation=cancelling)
        self._send_verification(change.email, confirmation, confirming, encryptor)

    def require_verified_email(self) -> None:
        """Raises EmailNotVerified."""
        if not self.email_verified:
            raise EmailNotVerified

    def require_verification_link(self, token: str) -> None:
        """Raises InvalidLink."""
        change = self.email_change
        is_of_change = change is not None and matches_hash(token, change.confirmation.token_hash)
        require_valid(change.confirmation if change and is_of_change else self.verification, token)

    def deny_email_change(self, token: str) -> AccountChange:
        """Cancels the pending change with the link that was sent to the present address, or undoes the confirmed one
        that replaced it; returns which. The link outlives that of the confirmation. Raises InvalidLink."""
        restorable = self._restorable_emails()
        former = next((each for each in restorable if matches_hash(token, each.cancellation.token_hash)), None)
        if former is None:
            if self.email_change is None:
                raise InvalidLink
            require_valid(self.email_change.cancellation, token)
            self._cancel(self.email_change, "link")
            return AccountChange.EMAIL_CHANGE_DENIED
        self.former_emails = restorable[: restorable.index(former)]  # later changes were made by somebody else
        self.password_hash = None  # whoever made the change may know it
        before = self.email
        self._set(self.as_actor(), {"email": former.email, "email_verified": True})
        self.record(EmailRestored(user_id=self.id, before=before, after=self.email), self.as_actor())
        return AccountChange.EMAIL_RESTORED

    def cancel_email_change(self) -> None:
        """Raises NotFound where none is pending."""
        if self.email_change is None or self.pending_email is None:
            raise NotFound("No change of the email address is pending.")
        self._cancel(self.email_change, "profile")

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
        self.password_hash, self.is_contact = password_hash, False
        self.record(PasswordChanged(user_id=self.id, method=method), self.as_actor())

    def claim(self, password_hash: str, locale: Locale) -> None:
        """A contact signs up. The address is still to be proved, so the name and the tickets stay as they are."""
        self.password_hash, self.is_contact = password_hash, False
        self.record(ContactClaimed(user_id=self.id), self.as_actor())
        self.edit(self.as_actor(), locale=locale)

    def take_over(self, role: GrantableRole | None = None, name: str | None = None) -> None:
        """The first proof of the address. Whoever made the account may be somebody else, so it starts anew
        (docs/decisions/0033)."""
        self.disable_mfa(self.as_actor())
        changes = {"email_verified": True, "role": role or self.role, "name": name or self.name}
        self._set(self.as_actor(), changes)

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
            self.record(RecoveryCodesRenewed(user_id=self.id), self.as_actor())

    def consume_recovery_code(self, code: str) -> bool:
        """False for a code that is unknown or used."""
        code_hash = hash_code(code)
        if self.second_factor is None or code_hash not in self.second_factor.recovery_code_hashes:
            return False
        self.second_factor.recovery_code_hashes.remove(code_hash)
        remaining = len(self.second_factor.recovery_code_hashes)
        self.record(RecoveryCodeUsed(user_id=self.id, remaining=remaining), self.as_actor())
        return True

    def _cancel(self, change: EmailChange, method: Literal["profile", "link"]) -> None:
        self.email_change = None
        self.record(EmailChangeCancelled(user_id=self.id, email=change.email, method=method), self.as_actor())

    def _restorable_emails(self) -> list[FormerEmail]:
        return [each for each in self.former_emails if each.cancellation.expires_at > clock.now()]

    def _send_verification(self, email: str, token: str, stored: MailedToken, encryptor: LinkEncryptor) -> None:
        requested = EmailVerificationRequested(user_id=self.id, expires_at=stored.expires_at, email=email)
        self.record(requested, self.as_actor())
        self._send_link(kinds.VerifyEmail(), email, token, stored.expires_at, encryptor, self.as_actor())

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
        issued: SecretLinkIssued = encryptor.issue(
            context, recipient, self.organisation_id, token=token, expires_at=expires_at
        )
        self.record(issued, actor)

    def _set(self, by: Actor | None, values: dict[str, Any]) -> None:
        changes = changed_fields({field: getattr(self, field) for field in values}, values)
        if changes:
            for field, value in values.items():
                setattr(self, field, value)
            for field, value in _derived_fields(self.name, self.email).items():
                setattr(self, field, value)
            self.record(UserUpdated(person=self.as_person(), changes=changes), by)


def _fields_of(ended: Container[Pending]) -> list[str]:
    return [field for pending, field in _PENDING_FIELDS.items() if pending in ended]


def _derived_fields(name: str, email: str) -> dict[str, Any]:
    return {
        "email_key": address_key(email),
        "name_key": sort_key(name),
        "search_terms": search_terms(name, email, with_unicode_domain(email)),
    }
