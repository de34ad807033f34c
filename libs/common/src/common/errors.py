"""The tree of domain errors. `http/problems.py` is the only place that turns them into HTTP.

HelpdeskError
├── Refused              the caller can mend it
│   ├── Malformed        the request can not be read                              400
│   ├── Unauthenticated  no token, or one that is not believed                    401
│   ├── Forbidden        known, but may not                                       403
│   ├── NotFound         not there, or not for this caller to see                 404
│   ├── Conflict         the present state does not allow it                      409
│   ├── Stale            it changed since the caller read it                      412
│   ├── TooLarge         more than is accepted                                    413
│   ├── Unprocessable    readable, but a field is wrong                           422
│   └── TooManyRequests  a limit is used up                                       429
├── LostRace             another writer was faster; retried, or told as Conflict  409
└── Unavailable          a part we need is away; the same request may work later  503
"""

from dataclasses import dataclass
from typing import Any, ClassVar


class HelpdeskError(Exception):
    """Root of every error this project raises on purpose.

    `code` is a stable slug that programs may rely on; `detail` is a sentence for a person; `extra` holds
    further members for the answer, such as the transitions that are allowed.
    """

    code: ClassVar[str] = "error"

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.slug = code or self.code
        self.extra = extra


class Refused(HelpdeskError):
    """The caller can mend it."""


class Malformed(Refused):
    code = "malformed_request"


class Unauthenticated(Refused):
    code = "unauthenticated"


class Forbidden(Refused):
    code = "forbidden"


class NotFound(Refused):
    code = "not_found"


class Conflict(Refused):
    code = "conflict"


class Stale(Refused):
    code = "stale"


class TooLarge(Refused):
    code = "too_large"


@dataclass(frozen=True)
class FieldError:
    """One wrong field: its dotted path and a sentence that says what is accepted."""

    field: str
    message: str


class Unprocessable(Refused):
    code = "invalid"

    def __init__(self, detail: str, *, errors: tuple[FieldError, ...] = (), code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.errors = errors

    @classmethod
    def field(cls, field: str, message: str) -> "Unprocessable":
        """The usual case: one field is wrong."""
        return cls(f"{field}: {message}", errors=(FieldError(field, message),))


class TooManyRequests(Refused):
    """`retry_after` is in whole seconds, at least 1."""

    code = "too_many_requests"

    def __init__(self, detail: str, *, limit: int, retry_after: int) -> None:
        super().__init__(detail)
        self.limit = limit
        self.retry_after = retry_after


class LostRace(HelpdeskError):
    code = "concurrent_change"


class Unavailable(HelpdeskError):
    code = "unavailable"
