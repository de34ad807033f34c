"""The `Origin` of a request that a browser authenticates by a cookie (RFC 6454; OWASP: verifying origin)."""

from collections.abc import Collection

from fastapi import Request

from common.errors import Forbidden


def require_allowed_origin(request: Request, allowed: Collection[str]) -> None:
    """Allows pages of the request's own host, and those of `allowed` origins. A request without the header comes from
    no page: browsers send it with every POST. Raises Forbidden."""
    origin = request.headers.get("origin")
    if origin is None or origin in allowed:
        return
    # The scheme is not compared: TLS ends at a proxy. The cookie is sent over TLS only.
    if origin.partition("://")[2] != request.headers.get("host", "").lower():
        raise Forbidden("Pages of this origin may not call this route.", code="origin_not_allowed")
