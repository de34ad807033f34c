"""The URLs of the web client that emails link to. Pure."""

from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

_PATHS: Mapping[str, str] = {
    "verify_email": "/verify-email",
    "password_reset": "/reset-password",
    "invitation": "/invitation",
    "password_changed": "/forgot-password",
    "email_change_requested": "/cancel-email-change",
    "mfa_enabled": "/account/security",
    "mfa_disabled": "/account/security",
    "recovery_code_used": "/account/security",
    "recovery_codes_renewed": "/account/security",
    "email_change_cancelled": "/account",
    "email_changed": "/account",
    "email_restored": "/forgot-password",
    "new_sign_in": "/account/sessions",
    "failed_logins": "/forgot-password",
    "tickets_unassigned": "/desk?queue=unassigned",
}


def link_for(kind: str, public_url: str, *, ticket_id: UUID | None, token: str | None) -> str:
    """The main link of an email. Never log it: `token` is a secret. It is in the fragment, which browsers do not send
    (RFC 3986 section 3.5), so no access log and no Referer has it."""
    if ticket_id is not None:
        return f"{public_url}/tickets/{ticket_id}"
    url = public_url + _PATHS.get(kind, "")
    return f"{url}#token={quote(token, safe='')}" if token is not None else url


def unsubscribe_link(public_url: str, token: str) -> str:
    """Stops emails of this kind: GET asks for confirmation, POST does it at once (RFC 8058)."""
    return f"{public_url}/api/v1/notifications/unsubscribe?token={quote(token, safe='')}"
