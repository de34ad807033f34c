"""Rate limits on opening tickets, for customers only; on changing tickets, posting messages and writing long texts, for
everybody."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from fastapi import Request

from common.http.rate_limits import enforce_rate_limit, enforce_rate_limit_per_network
from common.http.state import AppState
from common.principal import Principal
from common.rate_limits import Quota, RateLimit
from tickets.desk_settings.queries import settings_of
from tickets.settings import TicketsSettings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CUSTOMERS_PER_ADDRESS = 3
"""An IP address may open as many tickets as this many customers: an office shares one address."""

CHANGES = RateLimit("ticket-changes", 120, HOUR)
UNCOUNTED_BYTES = 2_000
"""Shorter texts are bounded by the limits on requests."""


@dataclass(frozen=True)
class TextQuota:
    """Bounds the texts of a person. Each is in an event, of a stream that all share, in the event log and in mails."""

    quota: Quota

    @classmethod
    def of(cls, settings: TicketsSettings) -> "TextQuota":
        return cls(Quota("text-kilobytes-person", settings.text_kilobytes_per_person_day, "kB of text", DAY))

    async def reserve(self, request: Request, user: Principal, *texts: str) -> None:
        """Raises TooManyRequests."""
        size = sum(len(text.encode()) for text in texts)
        if size > UNCOUNTED_BYTES:
            state: AppState = request.app.state.services
            await state.rate_limiter.reserve(self.quota, str(user.user_id), -(-size // 1_000))


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


async def enforce_change_limit(request: Request, ticket_id: UUID, user: Principal) -> None:
    """Each change may notify everybody involved. Raises TooManyRequests."""
    await enforce_rate_limit(request, CHANGES, f"{ticket_id}:{user.user_id}")


async def enforce_message_limit(request: Request, ticket_id: UUID, user: Principal) -> None:
    """Each message may cause an email to everybody involved. Per person: nobody can silence the others. Raises
    TooManyRequests."""
    settings = await settings_of(user.organisation_id)
    limit = RateLimit("messages", settings.messages_per_hour, HOUR)
    await enforce_rate_limit(request, limit, f"{ticket_id}:{user.user_id}")
