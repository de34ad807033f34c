"""What ends with the authority that it depends on, as data. docs/architecture.md shows the table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class AccountChange(StrEnum):
    """What happened to an account or to its organisation."""

    EMAIL_VERIFIED = "own address verified, in a session or with the password"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 - not a password
    PASSWORD_RESET = "password reset"  # noqa: S105 - not a password
    EMAIL_CHANGED = "address changed"
    EMAIL_CHANGE_CANCELLED = "change of address cancelled in the profile"
    EMAIL_CHANGE_DENIED = "change of address cancelled with the link sent to the old address"
    EMAIL_RESTORED = "change of address undone with the link sent to the old address"
    ROLE_CHANGED = "role changed"
    MFA_ENABLED = "second factor enabled"
    MFA_DISABLED = "second factor disabled by the user"
    MFA_REMOVED = "second factor disabled by an admin"
    RECOVERY_CODES_RENEWED = "recovery codes renewed"
    TAKEN_OVER = "address proved for the first time, by reset or invitation"
    DEACTIVATED = "user deactivated"
    ORGANISATION_SUSPENDED = "organisation suspended"


class Pending(StrEnum):
    """What was begun with the authority of an account and is not completed."""

    EMAIL_CHANGE = "change of address"
    RESET_LINK = "reset link"
    VERIFICATION_LINK = "verification link"
    INVITATIONS = "invitations sent"
    LOGINS = "logins that wait for a code"
    MFA_SETUP = "setup of a second factor"


EndedSessions = Literal["none", "others", "all"]
"""`others`: all but the session in which the user made the change."""


@dataclass(frozen=True)
class Ending:
    """What a change of the account ends."""

    pending: frozenset[Pending]
    sessions: EndedSessions


def _ending(sessions: EndedSessions, *pending: Pending) -> Ending:
    return Ending(frozenset(pending), sessions)


_EVERYTHING = frozenset(Pending)
_OWN = (Pending.EMAIL_CHANGE, Pending.RESET_LINK, Pending.LOGINS, Pending.MFA_SETUP)

ENDINGS: Mapping[AccountChange, Ending] = {
    AccountChange.EMAIL_VERIFIED: _ending("others", *_OWN, Pending.VERIFICATION_LINK),
    AccountChange.PASSWORD_CHANGED: _ending("others", *_OWN),
    AccountChange.PASSWORD_RESET: Ending(_EVERYTHING, "all"),
    AccountChange.EMAIL_CHANGED: _ending("others", *_OWN, Pending.VERIFICATION_LINK),
    AccountChange.EMAIL_CHANGE_CANCELLED: _ending("none", Pending.EMAIL_CHANGE),
    AccountChange.EMAIL_CHANGE_DENIED: _ending("all", *_OWN, Pending.INVITATIONS),
    AccountChange.EMAIL_RESTORED: Ending(_EVERYTHING, "all"),
    AccountChange.ROLE_CHANGED: _ending("none", *_OWN, Pending.INVITATIONS),
    AccountChange.MFA_ENABLED: _ending("others", *_OWN),
    AccountChange.MFA_DISABLED: _ending("others", *_OWN),
    AccountChange.MFA_REMOVED: _ending("all", *_OWN),
    AccountChange.RECOVERY_CODES_RENEWED: _ending("none", Pending.EMAIL_CHANGE, Pending.LOGINS),
    AccountChange.TAKEN_OVER: Ending(_EVERYTHING, "all"),
    AccountChange.DEACTIVATED: Ending(_EVERYTHING, "all"),
    AccountChange.ORGANISATION_SUSPENDED: Ending(_EVERYTHING, "all"),
}
"""A verification link outlives a change of the password, the role or the second factor: it depends on the address
alone. A changed role ends no session: the next refresh gives it the new role (docs/decisions/0013)."""
