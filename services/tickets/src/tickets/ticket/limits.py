"""Rate limits on opening tickets, for customers only, and on posting messages, for everybody."""

from datetime import timedelta
from uuid import UUID

from fastapi import Request

from common.http.rate_limits import enforce_rate_limit, enforce_rate_limit_per_network
from common.principal import Principal
from common.rate_limits import RateLimit
from tickets.desk_settings.queries import settings_of

HOUR = timedelta(hours=1)
CUSTOMERS_PER_ADDRESS = 3
"""An IP address may open as many tickets as this many customers: an office shares one address."""


async def enforce_creation_limits(request: Request, user: Principal) -> None:
    """One limit per customer and one per client address, which many accounts cannot circumvent. Raises
    TooManyRequests."""
    if user.role != "customer":
        return
    settings = await settings_of(user.organisation_id)
    by_person = RateLimit("ticket-creation", settings.ticket_creation_per_hour, HOUR)
    await enforce_rate_limit(request, by_person, str(user.user_id))
    by_address = RateLimit("ticket-creation-address", CUSTOMERS_PER_ADDRESS * by_person.calls, HOUR)
    await enforce_rate_limit_per_network(request, by_address, str(user.organisation_id))


async def enforce_message_limit(request: Request, ticket_id: UUID, user: Principal) -> None:
    """Each message may cause an email to everybody involved. Per person: nobody can silence the others. Raises
    TooManyRequests."""
    settings = await settings_of(user.organisation_id)
    limit = RateLimit("messages", settings.messages_per_hour, HOUR)
    await enforce_rate_limit(request, limit, f"{ticket_id}:{user.user_id}")
