"""Builds the message of an email in the outbox."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import format_datetime

from common.addresses import normalize_address
from common.events.notifications import Recipient
from common.notification_kinds import kind_named
from common.secret_links import LinkDecryptor, SecretLink
from mailer.dkim import DkimSigner
from mailer.mail.document import Mail
from mailer.rendering import mime
from mailer.rendering.links import link_for, unsubscribe_link
from mailer.rendering.render import EmailContext, Renderer
from mailer.reply_address import reply_address


@dataclass(frozen=True)
class OutgoingMessage:
    """A message for the SMTP server. Its content may hold a secret link."""

    sender: str
    recipient: str
    content: bytes = field(repr=False)

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only servers with that extension can take it (RFC 6531): the recipient's local part is not ASCII."""
        return not self.recipient.isascii()


@dataclass(frozen=True)
class ReplyAddresses:
    """Where replies are received. The first key signs addresses; the others are only verified."""

    domain: str
    keys: Sequence[bytes] = field(repr=False)


@dataclass(frozen=True)
class MessageBuilder:
    """The same mail gives the same message at every attempt, its signature included."""

    renderer: Renderer
    sender: Address
    public_url: str
    decryptor: LinkDecryptor
    replies: ReplyAddresses | None = None
    signer: DkimSigner | None = None

    def build(self, mail: Mail) -> OutgoingMessage:
        """Raises ValueError, jinja2.TemplateError, LookupError or DecryptionError for a mail that cannot be built."""
        link = self._link(mail)
        # Where there is a secret, the address inside its ciphertext counts, whatever the stored mail says.
        recipient = link.recipient if link else mail.recipient
        address = normalize_address(recipient.email)
        unsubscribe = unsubscribe_link(self.public_url, mail.unsubscribe_token) if mail.unsubscribe_token else None
        kind = kind_named(mail.kind).model_validate(link.context if link else mail.context)
        rendered = self.renderer.render(kind, recipient.locale, self._context(mail, recipient, link, unsubscribe))
        fields = [
            mime.address_field("From", self.sender.display_name, self.sender.addr_spec),
            mime.address_field("To", recipient.name, address),
            mime.text_field("Subject", rendered.subject),
            mime.field("Date", format_datetime(mail.created_at)),
            mime.field("Message-ID", mail.message_id),
            *self._thread_fields(mail),
            mime.field("Auto-Submitted", "auto-generated"),  # RFC 3834: no automatic reply
            # The same for Microsoft Exchange (MS-OXCMAIL 2.1.3.2.20), which may still report a failed delivery.
            mime.field("X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply"),
            *_unsubscribe_fields(unsubscribe),
        ]
        content = mime.alternative(fields, rendered.text, rendered.html, boundary=mail.id.hex)
        if self.signer is not None:
            content = self.signer.sign(content)
        return OutgoingMessage(self.sender.addr_spec, address, content)

    def _thread_fields(self, mail: Mail) -> Iterator[bytes]:
        """Emails about one ticket refer to one id that stands for it, so that mail clients show them as one thread
        (RFC 5322 section 3.6.4)."""
        if mail.ticket_id is None:
            return
        thread = f"<ticket-{mail.ticket_id}@{self.sender.domain}>"
        yield mime.field("In-Reply-To", thread)
        yield mime.field("References", thread)
        if self.replies is not None:
            address = reply_address(mail.id, self.replies.domain, self.replies.keys[0])
            yield mime.address_field("Reply-To", self.sender.display_name, address)

    def _link(self, mail: Mail) -> SecretLink | None:
        """Raises DecryptionError unless the link was issued for this very mail."""
        binding = mail.link_binding
        return self.decryptor.decrypt(mail.sealed_link, binding) if mail.sealed_link and binding else None

    def _context(
        self, mail: Mail, recipient: Recipient, link: SecretLink | None, unsubscribe: str | None
    ) -> EmailContext:
        token = link.token if link else None
        return EmailContext(
            audience=mail.audience,
            name=recipient.name,
            link=link_for(mail.kind, self.public_url, ticket_id=mail.ticket_id, token=token),
            actor=mail.actor_name,
            number=mail.ticket_number,
            title=mail.ticket_title,
            expires_at=mail.expires_at,
            unsubscribe_link=unsubscribe,
            bundled=mail.bundled,
        )


def _unsubscribe_fields(link: str | None) -> Iterator[bytes]:
    """RFC 2369 section 3.2 and RFC 8058 section 3."""
    if link is not None:
        yield mime.field("List-Unsubscribe", f"<{link}>")
        yield mime.field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
