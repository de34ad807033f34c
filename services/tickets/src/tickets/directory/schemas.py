"""Response bodies of the directory."""

from uuid import UUID

from common.events import Role
from common.http.schemas import View


class DirectoryPersonView(View):
    """A person without email address."""

    id: UUID
    name: str
    role: Role
