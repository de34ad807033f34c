"""A mail of the ledger as a MIME message."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from email_validator import validate_email

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
    message["To"] = Address(display_name=_header_text(mail.recipient.name), addr_spec=_ascii(mail.recipient.email))
    message["Subject"] = _header_text(rendered.subject)
    message["Date"] = mail.created_at
    message["Message-ID"] = mail.message_id
    if mail.ticket_id:
        thread = f"<ticket-{mail.ticket_id}@{sender.domain}>"
        message["In-Reply-To"] = thread
        message["References"] = thread
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation reply, please
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    message.set_boundary(mail.id.hex)  # Python would draw one anew for each attempt
    return message


def _ascii(address: str) -> str:
    """With an international domain in its ASCII form (RFC 5891), which every mail server reads. Raises ValueError."""
    checked = validate_email(address, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
    return checked.ascii_email or address


def _header_text(text: str) -> str:
    """`text` as a header can hold it: one line, nothing unprintable, and nothing that looks like an encoded word
    (RFC 2047), which Python's email package would decode, line breaks included."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split()).replace("=?", "= ?")
