"""What can be read of invitations."""

from typing import Any
from uuid import UUID

from auth.invitation.document import Invitation
from auth.invitation.schemas import InvitationView
from common import clock
from common.errors import NotFound
from common.http.paging import ID_DESCENDING, Page, find_page
from common.principal import Principal


def open_in(organisation_id: UUID) -> dict[str, Any]:
    """An organisation's open invitations, as a MongoDB filter."""
    return {"organisation_id": organisation_id, "closed_at": None, "expires_at": {"$gt": clock.now()}}


async def get(id_: UUID, user: Principal) -> Invitation:
    """One that is open. Raises NotFound."""
    found = await Invitation.find_one({"_id": id_, **open_in(user.organisation_id)})
    if found is None:
        raise NotFound(f"There is no open invitation {id_}.")
    return found


async def list_newest_first(user: Principal, *, limit: int, cursor: str | None) -> Page[InvitationView]:
    """One page of those that are open."""
    invitations = Invitation.get_pymongo_collection()
    query = open_in(user.organisation_id)
    return await find_page(invitations, query, InvitationView, order=ID_DESCENDING, limit=limit, cursor=cursor)
