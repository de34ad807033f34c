"""Cookies of auth: sent to its routes only, over TLS only, by no other site, and unreadable for scripts."""

from typing import Any

from fastapi import Request, Response


class AuthCookie:
    """The prefix `__Secure-` (RFC 6265bis section 4.1.3.1) keeps pages without TLS from setting it. Browsers accept it
    from http://localhost. With `secure` off, for a local stack without TLS, there is no prefix."""

    def __init__(self, name: str, *, secure: bool) -> None:
        self.name = f"__Secure-{name}" if secure else name
        self._attributes: dict[str, Any] = {
            "path": "/api/v1/auth",
            "secure": secure,
            "httponly": True,
            "samesite": "strict",
        }

    def read(self, request: Request) -> str | None:
        return request.cookies.get(self.name)

    def set(self, response: Response, value: str, *, max_age: int) -> None:
        """`max_age` is in seconds."""
        response.set_cookie(self.name, value, max_age=max_age, **self._attributes)

    def delete(self, response: Response) -> None:
        response.delete_cookie(self.name, **self._attributes)
