"""What an organisation may decide about its tickets, and what holds where it decided nothing. Pure."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

EXECUTABLE = frozenset({"application/x-executable", "application/x-mach-binary", "application/x-msdownload"})


@dataclass(frozen=True)
class Rules:
    """How one organisation's tickets are looked after."""

    reopen_window: timedelta = timedelta(days=14)
    """After closing, how long a customer's reply reopens a ticket; later it makes a follow-up."""
    ticket_creation_per_hour: int = 10
    """Tickets one customer may open."""

    def refuses(self, media_type: str) -> bool:
        """Whether a file of that type may not be attached."""
        return media_type in EXECUTABLE


RulesOf = Callable[[UUID], Awaitable[Rules]]
"""The rules of an organisation."""


async def usual_rules(_organisation_id: UUID) -> Rules:
    """Of an organisation that decided nothing."""
    return Rules()
