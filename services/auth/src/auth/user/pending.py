"""Parts of a stored user that wait for a link or a code."""

from uuid import UUID

from pydantic import BaseModel

from auth.domain.mailed_token import MailedToken


class PasswordResetToken(MailedToken):
    """`request_id` identifies the request, so that one request causes one email."""

    request_id: UUID


class EmailChange(BaseModel):
    """A change of the address to `email`. The link sent to that address completes it, and the one sent to the present
    address cancels it."""

    email: str
    confirmation: MailedToken
    cancellation: MailedToken


class FormerEmail(BaseModel):
    """An address that a confirmed change replaced. Until the link that cancels the change expires, it restores the
    address, and nobody else can have it."""

    email: str
    email_key: str
    cancellation: MailedToken


class SecondFactor(BaseModel):
    """A TOTP key (RFC 6238), encrypted, and the hashes of the unused recovery codes. Codes of `last_step` and of
    earlier steps are refused."""

    encrypted_key: bytes
    last_step: int
    recovery_code_hashes: list[str]
