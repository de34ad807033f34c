"""One example of each email, for `python -m mailer render` and for tests."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common.audiences import Audience
from common.events.auth import Locale
from common.events.notifications import Recipient
from common.notification_kinds import KINDS
from common.secret_links import LinkEncryptor, SecretLink
from mailer.mail.document import Mail

ORGANISATION = UUID(int=3)
TOKEN = "example-token"  # noqa: S105 - of no account
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
    encryptor: LinkEncryptor | None = None,
    token: str = TOKEN,
    title: str = TITLE,
    actor: str | None = "Alex Agent",
    **context: Any,
) -> Mail:
    """An email as stored; `context` replaces fields of the kind's example. A kind with a secret link needs the
    `encryptor`, and links to `token`."""
    type_ = KINDS[kind]
    ticket = type_.is_about_ticket()
    filled = type_.model_validate({**type_.example().model_dump(mode="json"), **context})
    recipient = Recipient(id=UUID(int=1), email="casey@example.com", name="Casey Customer", locale=locale)
    sealed_link = None
    if type_.has_secret_link and encryptor is not None:
        sealed_link = encryptor.encrypt(SecretLink.new(filled, recipient, ORGANISATION, token=token, expires_at=AT))
    mail: Mail = Mail.model_construct(
        id=UUID(int=2),
        organisation_id=ORGANISATION,
        recipient=recipient,
        address="casey@example.com",
        domain="example.com",
        kind=kind,
        audience=audience or next(iter(type_.channels)),
        context=filled.model_dump(mode="json"),
        actor_name=actor,
        ticket_id=UUID(int=7) if ticket else None,
        ticket_number=12 if ticket else None,
        ticket_title=title if ticket else None,
        sealed_link=sealed_link,
        expires_at=AT if type_.has_secret_link else None,
        unsubscribe_token="example" if ticket else None,
        message_id="<example@example.com>",
        created_at=AT,
    )
    return mail
