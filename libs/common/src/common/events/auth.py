"""What auth says: organisations, people, their sessions, and the keys that prove them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

from common.events.base import Event, FieldChange, PersonRef, Role, Value

Locale = Literal["en", "de", "es"]


class Person(Value):
    """All that other services keep of a person: their local copy is this, the newest one wins."""

    id: UUID
    email: str
    name: str
    role: Role
    locale: Locale = "en"
    active: bool = True
    email_verified: bool = False


class OrganisationCreated(Event, type="auth.organisation.created"):
    """A support desk of its own was opened."""

    slug: str
    name: str


class OrganisationUpdated(Event, type="auth.organisation.updated"):
    """Its name or settings changed."""

    slug: str
    name: str
    changes: Mapping[str, FieldChange]


class OrganisationSuspended(Event, type="auth.organisation.suspended"):
    """Nobody of it may log in, and access tokens issued before are to be refused from now on."""

    slug: str


class OrganisationReinstated(Event, type="auth.organisation.reinstated"):
    """Its people may log in again."""

    slug: str


class UserRegistered(Event, type="auth.user.registered"):
    """A person signed up, accepted an invitation, or was added by an operator's command."""

    person: Person


class UserUpdated(Event, type="auth.user.updated"):
    """Something others keep of a person changed. Carries the whole person, as it is now. Access tokens that say
    another role than `person.role` are to be refused."""

    person: Person
    changes: Mapping[str, FieldChange] = {}


class UserDeactivated(Event, type="auth.user.deactivated"):
    """An admin shut a person out. Access tokens issued before are to be refused from now on."""

    person: Person


class UserReactivated(Event, type="auth.user.reactivated"):
    """A person may log in again."""

    person: Person


class SessionStarted(Event, type="auth.session.started"):
    """A person logged in. The aggregate is the session."""

    user_id: UUID
    expires_at: datetime
    new_device: bool = False
    """Whether they never logged in from a browser like this one before, and had logged in at all."""


class SessionEnded(Event, type="auth.session.ended"):
    """A person logged out: access tokens of this session are to be refused from now on."""

    user_id: UUID


class SessionRevoked(Event, type="auth.session.revoked"):
    """A session was ended by something else than a log-out of its own."""

    user_id: UUID
    reason: Literal["refresh_token_reused", "revoked", "password_changed", "deactivated", "mfa_changed", "suspended"]


class LoginFailed(Event, type="auth.login.failed"):
    """Somebody tried to log in and may not. The aggregate is the attempt; what was typed is not told."""

    user_id: UUID | None = None
    """Whose account it was, where there is one."""
    reason: Literal["unknown_account", "wrong_password", "wrong_code", "deactivated", "suspended"]


class PasswordChanged(Event, type="auth.password.changed"):
    """All other sessions of the person ended with it."""

    user_id: UUID
    how: Literal["changed", "reset"]


class PasswordResetRequested(Event, type="auth.password_reset.requested"):
    """Somebody asked for a link by which the person can set a new password."""

    user_id: UUID
    sealed_token: str
    """For mailer alone (common/sealed.py)."""
    expires_at: datetime


class EmailVerificationRequested(Event, type="auth.email_verification.requested"):
    """The person is to prove that the address is theirs."""

    user_id: UUID
    sealed_token: str
    """For mailer alone (common/sealed.py)."""
    expires_at: datetime
    email: str | None = None
    """Where the link must be sent, and nowhere else: it may be an address they do not have yet, but want to have."""


class MfaEnabled(Event, type="auth.mfa.enabled"):
    """From now on a log-in of the person needs a one-time code (TOTP, RFC 6238)."""

    user_id: UUID


class MfaDisabled(Event, type="auth.mfa.disabled"):
    """A password is enough again."""

    user_id: UUID


class InvitationCreated(Event, type="auth.invitation.created"):
    """An admin asks somebody to join. The aggregate is the invitation."""

    email: str
    name: str
    role: Role
    locale: Locale = "en"
    invited_by: PersonRef
    organisation: str
    """Its name, for the mail."""
    sealed_token: str
    """For mailer alone (common/sealed.py)."""
    expires_at: datetime


class InvitationRevoked(Event, type="auth.invitation.revoked"):
    """An admin took it back: its link opens nothing any more."""

    email: str


class SigningKeyPublished(Event, type="auth.signing_key.published"):
    """Access tokens may be signed with this key (Ed25519, RFC 8037). Only the public half travels. Published again
    with `not_after` when it is retired, and from time to time, so that a new service learns of it."""

    kid: str
    public_key: str
    """The raw 32 bytes, base64url without padding: the JWK member `x`."""
    not_after: datetime | None = None
    """From then on no token signed with it is believed."""
