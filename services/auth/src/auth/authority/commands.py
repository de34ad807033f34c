"""Applies the table of auth/domain/authority.py, in the transaction of the change that causes it."""

from collections.abc import Mapping
from uuid import UUID

from auth.domain.authority import ENDINGS, AccountChange, Pending
from auth.invitation.document import Invitation
from auth.session.revocation import revoke_sessions
from auth.user.document import User
from common.events import Actor
from common.events.auth import RevocationReason
from common.mongo import ClientSession

_REASONS: Mapping[AccountChange, RevocationReason] = {
    AccountChange.PASSWORD_CHANGED: "password_changed",
    AccountChange.PASSWORD_RESET: "password_changed",
    AccountChange.TAKEN_OVER: "password_changed",
    AccountChange.EMAIL_RESTORED: "password_changed",
    AccountChange.MFA_ENABLED: "mfa_changed",
    AccountChange.MFA_DISABLED: "mfa_changed",
    AccountChange.MFA_REMOVED: "mfa_changed",
    AccountChange.DEACTIVATED: "deactivated",
}
"""What a revoked session states; `manual` for every other change."""


async def end_dependent(
    user: User, change: AccountChange, by: Actor, session: ClientSession, *, keep: UUID | None = None
) -> None:
    """Ends what depends on what has changed. The caller commits `user`. `keep` is the session of the request, which
    continues where only the others end. A suspension of the organisation ends what depends on it by its count
    (`User.load`, `Invitation.require_link`)."""
    ending = ENDINGS[change]
    user.end_pending(change)
    if Pending.INVITATIONS in ending.pending:
        sent = {"organisation_id": user.organisation_id, "invited_by.id": user.id, **Invitation.open()}
        async for invitation in Invitation.find(sent, session=session):
            invitation.revoke(by)
            await invitation.commit(session)
    if ending.sessions != "none":
        reason = _REASONS.get(change, "manual")
        await revoke_sessions(user.id, reason, by, session, keep=keep if ending.sessions == "others" else None)
