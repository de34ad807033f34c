"""What the directory shows of people."""

from uuid import UUID

from common.events import Role
from common.http.schemas import View


class PersonShown(View):
    """A name to choose. Addresses are nobody's business here."""

    id: UUID
    name: str
    role: Role
