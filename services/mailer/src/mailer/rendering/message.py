"""A mail of the ledger as a MIME message."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from mailer.mail.document import Mail
from mailer.rendering.render import Renderer


def compose(mail: Mail, renderer: Renderer, *, sender: Address, public_url: str) -> EmailMessage:
    """The same message for every attempt. Mails about one ticket refer to one id that stands for it, so that mail
    programs show them as one conversation (RFC 5322 section 3.6.4)."""
    link = f"{public_url}/tickets/{mail.ticket_id}" if mail.ticket_id else public_url
    context = {"recipient": mail.recipient, "number": mail.ticket_number, "link": link, **mail.context}
    rendered = renderer.render(mail.template, mail.recipient.locale, context)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(display_name=" ".join(mail.recipient.name.split()), addr_spec=mail.recipient.email)
    message["Subject"] = rendered.subject
    message["Date"] = mail.created_at
    message["Message-ID"] = mail.message_id
    if mail.ticket_id:
        thread = f"<ticket-{mail.ticket_id}@{sender.domain}>"
        message["In-Reply-To"] = thread
        message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation reply, please
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    return message
