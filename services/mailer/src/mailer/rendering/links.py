"""Where the links in mails lead: addresses of the web client. Pure."""

from collections.abc import Mapping
from urllib.parse import quote
from uuid import UUID

from common.events.notifications import Kind

_PATHS: Mapping[Kind, str] = {
    "verify_email": "/verify-email",
    "password_reset": "/reset-password",
    "invitation": "/invitation",
    "password_changed": "/forgot-password",
    "new_sign_in": "/account/sessions",
}
WITH_TOKEN: frozenset[Kind] = frozenset({"verify_email", "password_reset", "invitation"})


def link_of(kind: Kind, public_url: str, *, ticket_id: UUID | None, token: str | None) -> str:
    """What the mail is about. `token` is the secret of those kinds that have one; never log the result."""
    if ticket_id is not None:
        return f"{public_url}/tickets/{ticket_id}"
    address = public_url + _PATHS.get(kind, "")
    return f"{address}?token={quote(token, safe='')}" if token is not None else address


def unsubscribe_link(public_url: str, token: str) -> str:
    """What stops mails of this kind to this person, by GET with a question and by POST at once (RFC 8058)."""
    return f"{public_url}/api/v1/notifications/unsubscribe?token={quote(token, safe='')}"
