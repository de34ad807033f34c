"""The tree of domain errors. `http/problems.py` is the only place that turns them into HTTP.

HelpdeskError
├── ClientError            the caller can correct it
│   ├── MalformedRequest   the request cannot be read                             400
│   ├── Unauthenticated    no token, or one that is not valid                     401
│   ├── Forbidden          the caller's role does not allow it                    403
│   ├── NotFound           does not exist, or not for this caller                 404
│   ├── Conflict           the current state does not allow it                    409
│   ├── PreconditionFailed it changed since the caller read it (If-Match)         412
│   ├── PayloadTooLarge    the body exceeds a limit                               413
│   ├── Unprocessable      readable, but a field is wrong                         422
│   └── TooManyRequests    a rate limit is reached                                429
├── VersionConflict        a concurrent write won; retried, else answered         409
└── Unavailable            a dependency is down; the same request may work later  503
"""

from dataclasses import dataclass
from typing import Any, ClassVar


class HelpdeskError(Exception):
    """Root of every error this project raises deliberately.

    `code` is a stable slug that programs may rely on; `detail` is a sentence for a person; `extra` holds
    further members for the answer, such as the transitions that are allowed.
    """

    code: ClassVar[str] = "error"

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.slug = code or self.code
        self.extra = extra


class ClientError(HelpdeskError):
    """The caller can correct it."""


class MalformedRequest(ClientError):
    code = "malformed_request"


class Unauthenticated(ClientError):
    code = "unauthenticated"


class Forbidden(ClientError):
    code = "forbidden"


class NotFound(ClientError):
    code = "not_found"


class Conflict(ClientError):
    code = "conflict"


class PreconditionFailed(ClientError):
    code = "precondition_failed"


class PayloadTooLarge(ClientError):
    code = "too_large"


@dataclass(frozen=True)
class FieldError:
    """`field` is a dotted path; `message` says what is accepted."""

    field: str
    message: str


class Unprocessable(ClientError):
    code = "invalid"

    def __init__(self, detail: str, *, errors: tuple[FieldError, ...] = (), code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.errors = errors

    @classmethod
    def field(cls, field: str, message: str) -> "Unprocessable":
        """With one wrong field."""
        return cls(f"{field}: {message}", errors=(FieldError(field, message),))


class TooManyRequests(ClientError):
    """`retry_after` is in whole seconds, at least 1."""

    code = "too_many_requests"

    def __init__(self, detail: str, *, limit: int, retry_after: int, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.limit = limit
        self.retry_after = retry_after


class VersionConflict(HelpdeskError):
    code = "version_conflict"


class Unavailable(HelpdeskError):
    """`retry_after` is in whole seconds, at least 1."""

    code = "unavailable"

    def __init__(self, detail: str, *, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
