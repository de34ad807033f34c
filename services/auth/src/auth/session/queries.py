"""What users read of their sessions."""

from auth.session.document import Session
from auth.session.schemas import SessionView
from common.http.paging import ID_DESCENDING, Page, PageParameters, find_page
from common.principal import Principal


async def list_newest_first(user: Principal, page: PageParameters) -> Page[SessionView]:
    sessions = Session.get_pymongo_collection()
    query = Session.visible_to(user)
    found = await find_page(sessions, query, SessionView, ID_DESCENDING, page)
    for session in found.items:
        session.current = session.id == user.session_id
    return found
