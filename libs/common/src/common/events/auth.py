"""Events of auth: organisations, users, sessions, and the keys that sign access tokens."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from common.addresses import AddressText
from common.events.base import DeadLetterRef, Event, FieldChanges, OpenWord, PersonRef, Role, Value
from common.text import ShortText
from common.times import UtcTime

Locale = Literal["en", "de", "es"]
RevocationReason = Literal["refresh_token_reused", "manual", "password_changed", "deactivated", "mfa_changed"]
LoginFailureReason = Literal["unknown_account", "wrong_password", "wrong_code", "deactivated", "suspended"]


class Person(Value):
    """What other services store of a user. The newest version wins."""

    id: UUID
    email: AddressText
    name: ShortText
    role: Role
    locale: Locale = "en"
    active: bool = True
    email_verified: bool = False


class OrganisationCreated(Event, type="auth.organisation.created"):
    """An operator created an organisation, or an installation was started for the first time."""

    slug: ShortText
    name: ShortText


class OrganisationUpdated(Event, type="auth.organisation.updated"):
    """The name or the settings of an organisation changed."""

    slug: ShortText
    name: ShortText
    changes: FieldChanges


class OrganisationSuspended(Event, type="auth.organisation.suspended"):
    """Users of the organisation cannot log in. Access tokens issued before this event are refused."""

    slug: ShortText


class OrganisationReinstated(Event, type="auth.organisation.reinstated"):
    """Users of the organisation can log in again."""

    slug: ShortText


class UserRegistered(Event, type="auth.user.registered"):
    """A user signed up, accepted an invitation, or was created by a command or, as a contact, by staff."""

    person: Person


class ContactClaimed(Event, type="auth.contact.claimed", aggregate="user"):
    """Somebody signed up with the address of a contact. The address is not proved yet."""

    user_id: UUID


class UserUpdated(Event, type="auth.user.updated"):
    """A user changed. `person` is the new state. Access tokens with another role than `person.role` are refused."""

    person: Person
    changes: FieldChanges = {}


class UserDeactivated(Event, type="auth.user.deactivated"):
    """An admin deactivated a user. Access tokens issued before this event are refused."""

    person: Person


class UserReactivated(Event, type="auth.user.reactivated"):
    """An admin reactivated a user, who can log in again."""

    person: Person


class SessionStarted(Event, type="auth.session.started"):
    """A user logged in. The aggregate is the session."""

    user_id: UUID
    expires_at: UtcTime
    new_device: bool = False
    """Whether the user has logged in before, but never from a browser like this one."""


class SessionEnded(Event, type="auth.session.ended"):
    """A user logged out, or logged in anew in the same browser. Access tokens of this session are refused."""

    user_id: UUID


class SessionRevoked(Event, type="auth.session.revoked"):
    """A session ended other than by logging out. Access tokens of this session are refused."""

    user_id: UUID
    reason: RevocationReason


class LoginFailed(Event, type="auth.login.failed"):
    """A login was refused. The aggregate is the attempt. The event does not contain what was typed."""

    user_id: UUID | None = None
    """The user with that email address, if there is one."""
    reason: LoginFailureReason


class LoginFailedRepeatedly(Event, type="auth.login.failed_repeatedly"):
    """Many logins of a user have failed in a row. The aggregate is the last attempt. Recorded once until a login
    succeeds or there is none for an hour; of wrong codes, once in an hour."""

    user_id: UUID
    failures: int
    password_was_right: bool = False
    """Whether the passwords were right and the codes of the second factor were wrong."""


class UserUnlocked(Event, type="auth.user.unlocked"):
    """An admin let in a user who had reached a limit of failed logins."""

    user_id: UUID


class PasswordChanged(Event, type="auth.password.changed", aggregate="user"):
    """A user set a new password, in a session (`change`) or with a link (`reset`)."""

    user_id: UUID
    method: Literal["change", "reset"]


class PasswordResetRequested(Event, type="auth.password_reset.requested", aggregate="user"):
    """A link to set a new password was requested for a user."""

    user_id: UUID
    expires_at: UtcTime


class EmailVerificationRequested(Event, type="auth.email_verification.requested", aggregate="user"):
    """A link to verify an email address was requested."""

    user_id: UUID
    expires_at: UtcTime
    email: AddressText | None = None
    """The address that the link is sent to. It differs from the user's while a change of address is pending."""


class EmailChangeRequested(Event, type="auth.email_change.requested", aggregate="user"):
    """A user asked for another email address. The present one receives a link that cancels the change; the new one
    receives the link of `auth.email_verification.requested`."""

    user_id: UUID
    email: AddressText
    """The new address."""
    expires_at: UtcTime


class EmailChangeCancelled(Event, type="auth.email_change.cancelled", aggregate="user"):
    """A pending change of the address was cancelled: in the profile, or with the link sent to the present address,
    which also ended all sessions."""

    user_id: UUID
    email: AddressText
    """The address that was asked for."""
    method: Literal["profile", "link"]


class EmailChanged(Event, type="auth.email.changed", aggregate="user", audited=False):
    """A new address was confirmed. `auth.user.updated` has the new state of the user."""

    user_id: UUID
    before: AddressText
    """Verified: an address that is not cannot be changed."""
    after: AddressText


class EmailRestored(Event, type="auth.email.restored", aggregate="user", audited=False):
    """A confirmed change of the address was undone with the link sent to the former address, which is the account's
    again. All sessions ended, and the password became invalid. `auth.user.updated` has the new state of the user."""

    user_id: UUID
    before: AddressText
    after: AddressText


class MfaEnabled(Event, type="auth.mfa.enabled", aggregate="user"):
    """A user enabled two-factor authentication: logging in requires a one-time code (TOTP, RFC 6238)."""

    user_id: UUID


class MfaDisabled(Event, type="auth.mfa.disabled", aggregate="user"):
    """Two-factor authentication of a user was disabled."""

    user_id: UUID


class RecoveryCodeUsed(Event, type="auth.recovery_code.used", aggregate="user"):
    """A user gave a recovery code in the place of a one-time code. It is not valid any more."""

    user_id: UUID
    remaining: int
    """How many codes are left."""


class RecoveryCodesRenewed(Event, type="auth.recovery_codes.renewed", aggregate="user"):
    """A user replaced all recovery codes."""

    user_id: UUID


class InvitationCreated(Event, type="auth.invitation.created"):
    """An admin or an operator invited somebody to an organisation. The aggregate is the invitation."""

    email: AddressText
    name: ShortText
    role: Role
    locale: Locale = "en"
    invited_by: PersonRef
    expires_at: UtcTime


class InvitationRevoked(Event, type="auth.invitation.revoked"):
    """An invitation was revoked: its link is invalid."""

    email: AddressText


class SecretLinkIssued(
    Event, type="auth.secret_link.issued", aggregate="user or invitation", audited=False, receiver="mailer"
):
    """A link with a secret was issued. mailer sends exactly one email for each of these events, to the address inside
    `sealed_link`. Nobody else may subscribe to it."""

    purpose: OpenWord
    """A kind of notification that has a secret link (`common/notification_kinds.py`)."""
    expires_at: UtcTime
    """When the link stops working. The email is not sent after it."""
    sealed_link: Annotated[str, Field(max_length=16_000)]
    """Encrypted for mailer, bound to this event (`common/secret_links.py`)."""


class SigningKeyPublished(Event, type="auth.signing_key.published", audited=False):
    """Access tokens may be signed with this key (Ed25519, RFC 8037). Contains the public half only. Published again
    with `not_after` when the key is retired, and regularly, so that new services learn the key."""

    kid: ShortText
    public_key: ShortText
    """The raw 32 bytes, base64url without padding: the JWK member `x`."""
    not_after: UtcTime | None = None
    """Tokens signed with the key are refused from this time on."""


class DeadLetterReplayed(Event, type="auth.dead_letter.replayed", aggregate="dead letter action"):
    """A dead letter of auth was delivered to it again, by an admin, an operator or a command."""

    dead_letter: DeadLetterRef


class DeadLetterDiscarded(Event, type="auth.dead_letter.discarded", aggregate="dead letter action"):
    """A dead letter of auth was deleted, by an admin, an operator or a command. The event is never handled."""

    dead_letter: DeadLetterRef
