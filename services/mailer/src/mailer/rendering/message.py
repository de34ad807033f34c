"""A mail of the ledger as it goes over the wire."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email.headerregistry import Address
from email.utils import format_datetime
from typing import Any

from email_validator import validate_email

from common.sealed import SecretCipher
from mailer.delivery.dkim import DkimSigner
from mailer.mail.document import Mail
from mailer.rendering import mime
from mailer.rendering.links import link_of, unsubscribe_link
from mailer.rendering.render import Renderer
from mailer.reply_address import reply_address

OPENABLE = timedelta(days=90)
"""How old a sealed secret may be. Whether its link still works is up to the mail's own `expires_at`."""


@dataclass(frozen=True)
class Letter:
    """What is handed to the SMTP server. Its content may hold a secret link."""

    sender: str
    recipient: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class ReplyAddresses:
    """Where answers are received. The first key makes addresses; those after it are still understood."""

    domain: str
    keys: Sequence[bytes] = field(repr=False)


@dataclass(frozen=True)
class Writer:
    """Writes letters. The same mail is the same letter at every attempt, its signature included."""

    renderer: Renderer
    sender: Address
    public_url: str
    cipher: SecretCipher
    replies: ReplyAddresses | None = None
    signer: DkimSigner | None = None

    def letter(self, mail: Mail) -> Letter:
        """Raises ValueError, jinja2.TemplateError, LookupError or SealBroken for what can not be written."""
        recipient = _ascii(mail.recipient.email)
        stop = unsubscribe_link(self.public_url, mail.unsubscribe_token) if mail.unsubscribe_token else None
        rendered = self.renderer.render(mail.template, mail.recipient.locale, self._context(mail, stop))
        fields = [
            mime.address_field("From", self.sender.display_name, self.sender.addr_spec),
            mime.address_field("To", mail.recipient.name, recipient),
            mime.text_field("Subject", rendered.subject),
            mime.field("Date", format_datetime(mail.created_at)),
            mime.field("Message-ID", mail.message_id),
            *self._threading(mail),
            mime.field("Auto-Submitted", "auto-generated"),  # RFC 3834: no vacation reply, please
            *_unsubscribing(stop),
        ]
        content = mime.alternative(fields, rendered.text, rendered.html, boundary=mail.id.hex)
        if self.signer is not None:
            content = self.signer.signed(content)
        return Letter(self.sender.addr_spec, recipient, content)

    def _threading(self, mail: Mail) -> Iterator[bytes]:
        """Mails about one ticket refer to one id that stands for it, so that mail programs show them as one
        conversation (RFC 5322 section 3.6.4)."""
        if mail.ticket_id is None:
            return
        thread = f"<ticket-{mail.ticket_id}@{self.sender.domain}>"
        yield mime.field("In-Reply-To", thread)
        yield mime.field("References", thread)
        if self.replies is not None:
            answers_to = reply_address(mail.id, self.replies.domain, self.replies.keys[0])
            yield mime.address_field("Reply-To", self.sender.display_name, answers_to)

    def _context(self, mail: Mail, stop: str | None) -> dict[str, Any]:
        token = self.cipher.decrypt(mail.sealed_token, not_older_than=OPENABLE) if mail.sealed_token else None
        return {
            **mail.context,
            "recipient": mail.recipient,
            "number": mail.ticket_number,
            "link": link_of(mail.template, self.public_url, ticket_id=mail.ticket_id, token=token),
            "expires_at": mail.expires_at,
            "unsubscribe_link": stop,
        }


def _unsubscribing(link: str | None) -> Iterator[bytes]:
    """RFC 2369 section 3.2 and RFC 8058 section 3."""
    if link is not None:
        yield mime.field("List-Unsubscribe", f"<{link}>")
        yield mime.field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")


def _ascii(address: str) -> str:
    """With an international domain in its ASCII form (RFC 5891), which every mail server reads. Raises ValueError."""
    checked = validate_email(address, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
    return checked.ascii_email or address
