"""What users read of their sessions."""

from auth.organisation.document import Organisation
from auth.session.document import Session
from auth.session.schemas import SessionView
from common.http.paging import ID_DESCENDING, Page, PageParameters, find_page
from common.principal import Principal


async def list_newest_first(user: Principal, page: PageParameters) -> Page[SessionView]:
    sessions = Session.get_pymongo_collection()
    organisation = await Organisation.load(user.organisation_id, user.organisation_id)
    query = {**Session.visible_to(user), "suspensions": organisation.suspensions}
    found = await find_page(sessions, query, SessionView, ID_DESCENDING, page)
    for session in found.items:
        session.current = session.id == user.session_id
    return found
