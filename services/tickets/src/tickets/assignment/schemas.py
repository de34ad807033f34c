"""Request bodies of assignment."""

from uuid import UUID

from common.http.schemas import Body


class NewAssignee(Body):
    """An active agent or admin of the organisation."""

    user_id: UUID
