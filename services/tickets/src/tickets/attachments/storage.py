"""Where the content of files is kept: what any such place must do."""

from collections.abc import AsyncIterator
from typing import Protocol
from uuid import UUID


class Storage(Protocol):
    """Content by id, written and read a piece at a time."""

    async def keep(self, id_: UUID, content: AsyncIterator[bytes]) -> None:
        """All of `content`, for good, or nothing: what `content` raises is raised again."""

    def read(self, id_: UUID) -> AsyncIterator[bytes]:
        """What was kept, in pieces. Raises NotFound where nothing was."""

    async def remove(self, id_: UUID) -> None:
        """Whatever there is of it. Doing it again is harmless."""
