"""A user as stored, what may become of them, and what others are told of it."""

import re
from datetime import datetime, timedelta
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field
from pymongo import ASCENDING, IndexModel

from auth.access import GrantableRole
from auth.mailed_token import LinkOfNoUse, MailedToken
from auth.mfa import recovery_codes
from common import clock
from common.errors import Conflict
from common.events import Actor, FieldChange, PersonRef, Role
from common.events.auth import (
    EmailVerificationRequested,
    Locale,
    MfaDisabled,
    MfaEnabled,
    PasswordChanged,
    PasswordResetRequested,
    Person,
    UserDeactivated,
    UserReactivated,
    UserRegistered,
    UserUpdated,
)
from common.mongo import ClientSession
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from common.sealed import SecretCipher

RESET_LIFETIME = timedelta(hours=1)
VERIFICATION_LIFETIME = timedelta(hours=24)


def email_key(email: str) -> str:
    """What makes two addresses the same: their letters, whatever the case."""
    return email.strip().casefold()


def searched_by(*texts: str) -> list[str]:
    """What a person is found by the beginning of, whatever the case: each text from the start of each of its words."""
    return sorted({text[word.start() :].casefold() for text in texts for word in re.finditer(r"[^\s@.]+", text)})


class PasswordReset(MailedToken):
    """`request_id` is what led to it, so that one request makes one mail."""

    request_id: UUID


class EmailVerification(MailedToken):
    """`email` is the address it proves: the person's own, or one they want to have instead."""

    email: str


class SecondFactor(BaseModel):
    """A TOTP key (RFC 6238), encrypted, and what is left of the recovery codes, hashed. `last_step` is the step of
    the newest code that was used: none of it or before counts again."""

    encrypted_key: bytes
    last_step: int
    recovery_hashes: list[str]


class User(Aggregate):
    """A person in one organisation. `email` is kept as typed, `email_key` is compared; `name_key` sorts."""

    email: str
    email_key: str
    email_verified: bool = False
    name: str
    name_key: str
    searched_by: list[str]
    role: Role
    locale: Locale = "en"
    active: bool = True
    password_hash: str
    password_changed_at: datetime
    password_reset: PasswordReset | None = None
    verification: EmailVerification | None = None
    mfa_enabled: bool = False
    second_factor: SecondFactor | None = None
    encrypted_new_key: bytes | None = None
    """Of a second factor that is being set up."""
    created_at: datetime = Field(default_factory=clock.now)
    last_login_at: datetime | None = None
    """Written by log-ins past `version`: it is no change of the person."""

    class Settings(Aggregate.Settings):
        name = "users"
        indexes = [
            IndexModel([("organisation_id", ASCENDING), ("email_key", ASCENDING)], unique=True),
            IndexModel([("organisation_id", ASCENDING), ("name_key", ASCENDING), ("_id", ASCENDING)]),
            IndexModel(
                [("organisation_id", ASCENDING), ("role", ASCENDING), ("name_key", ASCENDING), ("_id", ASCENDING)]
            ),
            IndexModel(
                [("organisation_id", ASCENDING), ("active", ASCENDING), ("name_key", ASCENDING), ("_id", ASCENDING)]
            ),
            IndexModel([("organisation_id", ASCENDING), ("searched_by", ASCENDING)]),
            OUTBOX_INDEX,
        ]

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
        """A new person; in the events they did it themselves."""
        now = clock.now()
        email = email.strip()
        user = cls(
            organisation_id=organisation_id,
            email=email,
            email_key=email_key(email),
            email_verified=email_verified,
            name=name,
            name_key=name.casefold(),
            searched_by=searched_by(name, email),
            role=role,
            locale=locale,
            password_hash=password_hash,
            password_changed_at=now,
            created_at=now,
        )
        user.record(UserRegistered(person=user.as_person()), actor=user.as_actor())
        return user

    @classmethod
    async def by_email(cls, organisation_id: UUID, email: str, session: ClientSession | None = None) -> Self | None:
        """Whoever has that address there."""
        query = {"organisation_id": organisation_id, "email_key": email_key(email)}
        return await cls.find_one(query, session=session)

    def as_person(self) -> Person:
        """What other services keep of them."""
        return Person(
            id=self.id,
            email=self.email,
            name=self.name,
            role=self.role,
            locale=self.locale,
            active=self.active,
            email_verified=self.email_verified,
        )

    def as_ref(self) -> PersonRef:
        """As others see them."""
        return PersonRef(id=self.id, name=self.name)

    def as_actor(self) -> Actor:
        """As the one who did something."""
        return Actor(id=self.id, name=self.name, role=self.role)

    @property
    def pending_email(self) -> str | None:
        """The address they want to have and have not proved yet."""
        asked = self.verification
        waits = asked and asked.expires_at > clock.now() and asked.email != self.email
        return asked.email if asked and waits else None

    def edit(
        self, by: Actor, *, name: str | None = None, locale: Locale | None = None, role: GrantableRole | None = None
    ) -> None:
        """Changes what is given and differs."""
        given = {"name": name, "locale": locale, "role": role}
        self._set(by, {field: value for field, value in given.items() if value is not None})

    def deactivate(self, by: Actor) -> None:
        """Shuts them out. Whoever calls ends their sessions in the same transaction."""
        if self.active:
            self.active = False
            self.password_reset = None
            self.record(UserDeactivated(person=self.as_person()), by)

    def reactivate(self, by: Actor) -> None:
        """They may log in again."""
        if not self.active:
            self.active = True
            self.record(UserReactivated(person=self.as_person()), by)

    def ask_to_verify(self, email: str, cipher: SecretCipher) -> None:
        """Sends a link to that address; the link before it opens nothing any more."""
        token, self.verification = EmailVerification.issue(self.id, VERIFICATION_LIFETIME, email=email)
        asked = EmailVerificationRequested(
            user_id=self.id,
            sealed_token=cipher.encrypt(token),
            expires_at=self.verification.expires_at,
            email=email,
        )
        self.record(asked, self.as_actor())

    def verify_email(self, token: str) -> None:
        """The address that link went to is theirs. Raises LinkOfNoUse."""
        if self.verification is None or not self.verification.is_opened_by(token):
            raise LinkOfNoUse
        if self.verification.email != self.email:
            self.password_reset = None  # its link went to an address that is theirs no longer
        self._set(self.as_actor(), {"email": self.verification.email, "email_verified": True})
        self.verification = None

    def request_password_reset(self, request_id: UUID, cipher: SecretCipher) -> None:
        """Sends a link; the link before it opens nothing any more. Once for one request."""
        if self.password_reset is not None and self.password_reset.request_id == request_id:
            return
        token, self.password_reset = PasswordReset.issue(self.id, RESET_LIFETIME, request_id=request_id)
        expires_at = self.password_reset.expires_at
        requested = PasswordResetRequested(user_id=self.id, sealed_token=cipher.encrypt(token), expires_at=expires_at)
        self.record(requested, actor=None)

    def require_reset_link(self, token: str) -> None:
        """Raises LinkOfNoUse unless that link can set the password."""
        if not self.active or self.password_reset is None or not self.password_reset.is_opened_by(token):
            raise LinkOfNoUse

    def set_password(self, password_hash: str, how: Literal["changed", "reset"]) -> None:
        """Whoever calls ends their sessions in the same transaction."""
        self.password_hash = password_hash
        self.password_changed_at = clock.now()
        self.password_reset = None
        self.record(PasswordChanged(user_id=self.id, how=how), self.as_actor())
        if how == "reset":  # the link came by mail: they read what is sent to that address
            self._set(self.as_actor(), {"email_verified": True})

    def begin_second_factor(self, encrypted_key: bytes) -> None:
        """Sets one up; it counts once it was shown to work. Raises Conflict."""
        if self.mfa_enabled:
            raise Conflict("Two-factor authentication is on already.", code="mfa_enabled")
        self.encrypted_new_key = encrypted_key

    def enable_second_factor(self, factor: SecondFactor) -> None:
        """The one that was being set up has been shown to work."""
        self.mfa_enabled, self.second_factor, self.encrypted_new_key = True, factor, None
        self.record(MfaEnabled(user_id=self.id), self.as_actor())

    def disable_second_factor(self, by: Actor) -> None:
        """A password is enough again."""
        if self.mfa_enabled:
            self.mfa_enabled, self.second_factor = False, None
            self.record(MfaDisabled(user_id=self.id), by)

    def replace_recovery_codes(self, hashes: list[str]) -> None:
        """The old ones are of no more use."""
        if self.second_factor is not None:
            self.second_factor.recovery_hashes = hashes

    def use_step(self, step: int) -> None:
        """A code of that step was used: it and all before it are of no more use."""
        if self.second_factor is not None:
            self.second_factor.last_step = step

    def use_recovery_code(self, code: str) -> bool:
        """Whether it is one that was not used yet; now it is."""
        hashed = recovery_codes.hashed(code)
        if self.second_factor is None or hashed not in self.second_factor.recovery_hashes:
            return False
        self.second_factor.recovery_hashes.remove(hashed)
        return True

    def _set(self, by: Actor, given: dict[str, Any]) -> None:
        changes = {
            field: FieldChange(before=getattr(self, field), after=value)
            for field, value in given.items()
            if getattr(self, field) != value
        }
        if not changes:
            return
        for field, change in changes.items():
            setattr(self, field, change.after)
        self.email_key, self.name_key = email_key(self.email), self.name.casefold()
        self.searched_by = searched_by(self.name, self.email)
        self.record(UserUpdated(person=self.as_person(), changes=changes), by)
