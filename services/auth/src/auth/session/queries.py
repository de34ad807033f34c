"""What users read of their sessions."""

from auth.session.document import Session
from auth.session.schemas import SessionView
from common.http.paging import ID_DESCENDING, Page, find_page
from common.principal import Principal


async def list_newest_first(user: Principal, *, limit: int, cursor: str | None) -> Page[SessionView]:
    sessions = Session.get_pymongo_collection()
    query = Session.visible_to(user)
    page = await find_page(sessions, query, SessionView, order=ID_DESCENDING, limit=limit, cursor=cursor)
    for session in page.items:
        session.current = session.id == user.session_id
    return page
