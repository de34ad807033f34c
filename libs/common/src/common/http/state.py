"""What routes and dependencies may use of the service they run in."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from common.messaging.dead_letter import DeadLetters
from common.mongo import Database
from common.principal import Identity
from common.rate_limits import RateLimiter
from common.settings import Settings


@dataclass(frozen=True)
class AppState:
    """Set once by the composition root; read through dependencies."""

    settings: Settings
    db: Database
    identity: Identity
    rate_limiter: RateLimiter
    dead_letters: DeadLetters
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when this process is to stop. A long response ends when it is set."""


async def get_app_state(request: Request) -> AppState:
    """`async`, as all dependencies here: FastAPI would run a plain function in a thread."""
    state: AppState = request.app.state.services
    return state


CurrentAppState = Annotated[AppState, Depends(get_app_state)]
