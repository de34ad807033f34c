"""Views of the SMTP server."""

from pydantic import BaseModel

from common.http.schemas import Time


class MailServerView(BaseModel):
    """`reason` is the server's last answer; of one that may quote a recipient, only the codes. All but `available` are
    null while the server takes mail."""

    available: bool
    reason: str | None
    since: Time | None
    next_attempt_at: Time | None
