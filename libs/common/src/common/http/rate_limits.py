"""Rate limits on requests: the 429, and the `RateLimit-*` headers of every limited response."""

from dataclasses import replace

from fastapi import Request

from common.client_networks import client_networks
from common.http.state import AppState
from common.rate_limits import RateLimit


async def enforce_rate_limit(request: Request, limit: RateLimit, caller: str) -> None:
    """Counts one call. Raises TooManyRequests. The headers show, of several limits, the one that is nearest."""
    services: AppState = request.app.state.services
    status = await services.rate_limiter.hit(limit, caller)
    if status is None:
        return
    shown: dict[str, str] = getattr(request.state, "rate_limit_headers", {})
    if not shown or status.remaining <= int(shown["RateLimit-Remaining"]):
        request.state.rate_limit_headers = {
            "RateLimit-Limit": str(limit.calls),
            "RateLimit-Remaining": str(status.remaining),
            "RateLimit-Reset": str(status.reset_seconds),
        }
    status.require_within_limit()


async def enforce_rate_limit_per_network(request: Request, limit: RateLimit, scope: str = "") -> None:
    """Counts one call of the client's networks, within `scope`. Raises TooManyRequests."""
    for network in client_networks(request.state.client_ip):
        of_network = replace(limit, calls=limit.calls * network.allowance)
        await enforce_rate_limit(request, of_network, f"{scope}:{network.name}")
