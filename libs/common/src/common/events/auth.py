"""What auth says: people, sessions, keys."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from common.events.base import Event, Role, Value

Locale = Literal["en", "de", "es"]


class Person(Value):
    """All that other services keep of a person: their local copy is this, the newest one wins."""

    id: UUID
    email: str
    name: str
    role: Role
    locale: Locale = "en"
    active: bool = True


class OrganisationCreated(Event, type="auth.organisation.created"):
    """A support desk of its own was opened."""

    slug: str
    name: str


class UserRegistered(Event, type="auth.user.registered"):
    """A person signed up, or was added by an administrator or an operator's command."""

    person: Person


class UserUpdated(Event, type="auth.user.updated"):
    """Something others keep of a person changed. Carries the whole person, as it is now."""

    person: Person


class SessionStarted(Event, type="auth.session.started"):
    """A person logged in. The aggregate is the session."""

    user_id: UUID
    expires_at: datetime


class SessionEnded(Event, type="auth.session.ended"):
    """A person logged out: access tokens of this session are to be refused from now on."""

    user_id: UUID


class SessionRevoked(Event, type="auth.session.revoked"):
    """A session was ended by somebody else than a log-out: a reused refresh token, or an administrator."""

    user_id: UUID
    reason: Literal["refresh_token_reused", "revoked"]


class SigningKeyPublished(Event, type="auth.signing_key.published"):
    """Access tokens may from now on be signed with this key (Ed25519, RFC 8037). Only the public half travels."""

    kid: str
    public_key: str
    """The raw 32 bytes, base64url without padding: the JWK member `x`."""
    not_after: datetime | None = None
