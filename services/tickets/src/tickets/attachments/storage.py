"""The interface of a store for file content."""

from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID


class Storage(Protocol):
    """Content by id, streamed in pieces."""

    async def write(self, id_: UUID, content: AsyncIterator[bytes]) -> None:
        """Stores all of `content` or nothing. Raises what `content` raises."""

    def read(self, id_: UUID) -> AsyncIterator[bytes]:
        """Raises NotFound."""

    async def remove(self, id_: UUID) -> None:
        """Removes what exists of it. Idempotent."""
