"""What mailer can be told besides what every service can. Times are in seconds."""

from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import NoDecode

from common.settings import CommaSeparated, Settings, strong_key


def _address(value: str) -> str:
    if "@" not in parseaddr(value)[1]:
        raise ValueError("must be an address, e.g. 'Support <support@example.com>'")
    return value


class MailerSettings(Settings):
    """`smtp_tls`: `none` for a catcher on the same machine, `starttls` (port 587), `tls` (port 465)."""

    smtp_host: str = "localhost"
    smtp_port: int = 587
    smtp_tls: Literal["none", "starttls", "tls"] = "starttls"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    smtp_timeout_seconds: float = Field(default=20, gt=0)
    smtp_connections: int = Field(default=4, ge=1)
    """How many mails are sent at once, each over a connection of its own that is used again."""
    mail_from: Annotated[str, AfterValidator(_address)]
    mail_retry_delays: Annotated[list[float], NoDecode, CommaSeparated] = [30, 120, 600, 1800, 7200]
    """Waits after each temporary refusal of a mail; after the last one it has failed."""
    sealing_keys: Annotated[list[Annotated[SecretStr, AfterValidator(strong_key)]], NoDecode, CommaSeparated]

    @property
    def sender(self) -> Address:
        """The From address."""
        name, address = parseaddr(self.mail_from)
        return Address(display_name=name, addr_spec=address)

    @property
    def claim_seconds(self) -> float:
        """How long a replica has to finish one mail before another may take it: longer than any SMTP dialogue lasts."""
        return self.smtp_timeout_seconds * 3
