"""Settings of mailer, besides those of every service. Times are in seconds."""

from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode

from common.lifecycle import Role
from common.settings import CommaSeparated, SecretKeys, Settings


def _address(value: str) -> str:
    if "@" not in parseaddr(value)[1]:
        raise ValueError("must be an address, e.g. 'Support <support@example.com>'")
    return value


class MailerSettings(Settings):
    """Of the roles that send mails. The API only lists them, and needs the settings of every service alone.

    `smtp_tls`: `none` for a catcher on the same machine, `starttls` (port 587), `tls` (port 465)."""

    smtp_host: str = "localhost"
    smtp_port: int = 587
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_ca_file: Path | None = None
    """CA certificates (PEM) for the SMTP server, besides those of the system."""
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_timeout_seconds: float = Field(default=20, gt=0)
    smtp_connections: int = Field(default=4, ge=1)
    """The size of the connection pool: how many mails are sent at the same time."""
    mail_from: Annotated[str, AfterValidator(_address)]
    mail_retry_delays: Annotated[list[float], NoDecode, CommaSeparated] = [30, 120, 600, 1800, 7200]
    """Delays after each temporary failure of a mail; after the last one it has failed."""
    mail_resend_seconds: float = Field(default=14_400, gt=0)
    """How long after its outcome became unknown a mail is sent once more: time for an admin to look for it."""
    mails_per_domain: int | None = Field(default=None, ge=1)
    """The most mails that all replicas together send to one domain in `mails_per_domain_seconds`."""
    mails_per_domain_seconds: int = Field(default=60, ge=1)
    mails_per_ticket: int = Field(default=20, ge=1)
    """The most mails about one ticket to one person in an hour. One more stands for all further ones."""
    link_private_keys: SecretKeys = Field(min_length=1)
    """Decrypt the links that auth encrypts with the public key of one of them."""
    mail_reply_domain: str | None = None
    """The domain that receives replies. If set, each mail about a ticket has a signed `Reply-To` in it."""
    mail_reply_keys: SecretKeys = []
    """Sign the reply addresses. The first key signs, all of them verify."""
    dkim_key_file: Path | None = None
    """A private key (PEM, RSA or Ed25519). If set, mails are signed (DKIM)."""
    dkim_selector: str = "helpdesk"
    """The DNS record `<selector>._domainkey.<domain of mail_from>` has the public key."""

    @model_validator(mode="after")
    def _require_reply_keys(self) -> Self:
        if self.mail_reply_domain and not self.mail_reply_keys:
            raise ValueError("mail_reply_domain needs mail_reply_keys: reply addresses are signed")
        return self

    @property
    def sender(self) -> Address:
        """The From address."""
        name, address = parseaddr(self.mail_from)
        return Address(display_name=name, addr_spec=address)

    @property
    def claim_seconds(self) -> float:
        """How long a claim on a mail lasts unless its sender renews it, which it does three times as often."""
        return self.smtp_timeout_seconds * 3


def settings_of(role: Role) -> Settings:
    """From the environment: what a process of that role uses."""
    return Settings() if role == "api" else MailerSettings()
