"""What can be read of sessions."""

from auth.session.document import Session
from auth.session.schemas import SessionView
from common import clock
from common.http.paging import ID_DESCENDING, Page, find_page
from common.principal import Principal


async def list_newest_first(user: Principal, *, limit: int, cursor: str | None) -> Page[SessionView]:
    """One page of the caller's own sessions that have not ended."""
    query = {"user_id": user.user_id, "ended_at": None, "expires_at": {"$gt": clock.now()}}
    sessions = Session.get_pymongo_collection()
    page = await find_page(sessions, query, SessionView, order=ID_DESCENDING, limit=limit, cursor=cursor)
    for session in page.items:
        session.current = session.id == user.session_id
    return page
