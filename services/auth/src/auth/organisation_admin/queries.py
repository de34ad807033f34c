"""What operators read of organisations."""

from auth.organisation.document import Organisation
from auth.organisation_admin.schemas import OrganisationView
from common.cursors import Order
from common.http.paging import Page, find_page
from common.principal import Principal

BY_SLUG: Order = [("slug", str, 1)]


async def list_by_slug(user: Principal, *, limit: int, cursor: str | None) -> Page[OrganisationView]:
    organisations = Organisation.get_pymongo_collection()
    query = Organisation.visible_to(user)
    return await find_page(organisations, query, OrganisationView, order=BY_SLUG, limit=limit, cursor=cursor)
