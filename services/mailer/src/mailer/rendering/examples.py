"""One example of each email, for `python -m mailer render` and for tests."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common.audiences import Audience
from common.events.auth import Locale
from common.events.notifications import Recipient
from common.notification_kinds import KINDS
from mailer.mail.document import Mail

AT = datetime(2026, 5, 14, 9, 30, tzinfo=UTC)
TITLE = "The printer on the third floor is on fire"


def all_texts() -> Iterator[tuple[str, Audience]]:
    """Each kind, with one audience for each of its texts."""
    for name, kind in KINDS.items():
        texts = {kind.text_key(audience): audience for audience in reversed(list(kind.channels))}
        yield from ((name, audience) for audience in reversed(texts.values()))


def example(
    kind: str,
    locale: Locale = "en",
    *,
    audience: Audience | None = None,
    sealed_token: str | None = None,
    title: str = TITLE,
    actor: str | None = "Alex Agent",
    **context: Any,
) -> Mail:
    """An email as stored; `context` replaces fields of the kind's example. `sealed_token` is used where the kind's link
    has a token."""
    type_ = KINDS[kind]
    ticket = type_.is_about_ticket()
    mail: Mail = Mail.model_construct(
        id=UUID(int=2),
        organisation_id=UUID(int=3),
        recipient=Recipient(id=UUID(int=1), email="casey@example.com", name="Casey Customer", locale=locale),
        address="casey@example.com",
        domain="example.com",
        kind=kind,
        audience=audience or next(iter(type_.channels)),
        context={**type_.example().model_dump(mode="json"), **context},
        actor_name=actor,
        ticket_id=UUID(int=7) if ticket else None,
        ticket_number=12 if ticket else None,
        ticket_title=title if ticket else None,
        sealed_token=sealed_token if type_.has_secret_link else None,
        expires_at=AT if type_.has_secret_link else None,
        unsubscribe_token="example" if ticket else None,
        message_id="<example@example.com>",
        created_at=AT,
    )
    return mail
