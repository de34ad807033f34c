"""What admins read of invitations."""

from auth.invitation.document import Invitation
from auth.invitation.schemas import InvitationView
from common.http.paging import ID_DESCENDING, Page, find_page
from common.principal import Principal


async def list_newest_first(user: Principal, *, limit: int, cursor: str | None) -> Page[InvitationView]:
    invitations = Invitation.get_pymongo_collection()
    query = Invitation.visible_to(user)
    return await find_page(invitations, query, InvitationView, order=ID_DESCENDING, limit=limit, cursor=cursor)
