"""What routes and dependencies may ask of the service they run in."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from common.mongo import Database
from common.settings import Settings

if TYPE_CHECKING:
    from common.http.identity import Identity
    from common.http.rate_limits import RateLimits
    from common.messaging.dead_letter import DeadLetters


@dataclass(frozen=True)
class Parts:
    """Set once by the composition root; read through dependencies."""

    settings: Settings
    db: Database
    identity: "Identity"
    rate_limits: "RateLimits"
    dead_letters: "DeadLetters"
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when this process is to stop: an answer that would go on for long ends itself then."""


async def parts_of(request: Request) -> Parts:
    """The parts of the application that serves this request. (`async`, as all dependencies here: a plain function
    would be run in a thread.)"""
    parts: Parts = request.app.state.parts
    return parts


ServiceParts = Annotated[Parts, Depends(parts_of)]
