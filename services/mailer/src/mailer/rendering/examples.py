"""One example of each kind of mail: what `python -m mailer render` shows, and what tests read."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, get_args
from uuid import UUID

from common.events.auth import Locale
from common.events.notifications import Kind, Recipient, TicketKind
from mailer.mail.document import Mail
from mailer.rendering.links import WITH_TOKEN

AT = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)
TITLE = "The printer on the third floor is on fire"
BODY = """It prints, but the pages come out **brown**. I tried:

- turning it off and on
- [the manual](https://example.com/manual)

![a picture](https://example.com/fire.jpg)"""

_WHERE = {"at": "2026-05-14T09:30:00.000Z", "ip": "192.0.2.7", "user_agent": "Firefox 140 on Linux"}
_WRITTEN = {"body": BODY}

_CONTEXTS: Mapping[Kind, Mapping[str, Any]] = {
    "password_reset": {"ip": "192.0.2.7"},
    "password_changed": _WHERE,
    "new_sign_in": _WHERE,
    "invitation": {"organisation": "Example & Sons", "inviter": "Ada Admin"},
    "ticket_created": _WRITTEN,
    "status_changed": {"before": "new", "after": "in_progress"},
    "replied": _WRITTEN,
    "noted": _WRITTEN,
    "mentioned": _WRITTEN,
    "escalated": {"since": "2026-05-13T09:30:00.000Z"},
}


def example(kind: Kind, locale: Locale = "en", *, sealed_token: str | None = None, **context: Any) -> Mail:
    """A mail of that kind, as the ledger would have it. `sealed_token` is put into those that have a link with one."""
    ticket = kind in get_args(TicketKind)
    made: Mail = Mail.model_construct(
        id=UUID(int=2),
        organisation_id=UUID(int=3),
        recipient=Recipient(id=UUID(int=1), email="casey@example.com", name="Casey Customer", locale=locale),
        address="casey@example.com",
        domain="example.com",
        template=kind,
        context={"title": TITLE, "actor": "Alex Agent", **_CONTEXTS.get(kind, {}), **context},
        ticket_id=UUID(int=7) if ticket else None,
        ticket_number=12 if ticket else None,
        sealed_token=sealed_token if kind in WITH_TOKEN else None,
        expires_at=AT if kind in WITH_TOKEN else None,
        unsubscribe_token="example" if ticket else None,
        message_id="<example@example.com>",
        created_at=AT,
    )
    return made
