"""What can be read of organisations."""

from uuid import UUID

from auth.organisation.document import Organisation
from auth.organisation.schemas import OrganisationView
from common.cursors import Order
from common.http.paging import Page, find_page

BY_SLUG: Order = [("slug", str, 1)]


async def get(id_: UUID) -> Organisation:
    """One. Raises NotFound."""
    return await Organisation.load(id_, id_)


async def list_by_slug(*, limit: int, cursor: str | None) -> Page[OrganisationView]:
    """One page of all there are."""
    organisations = Organisation.get_pymongo_collection()
    return await find_page(organisations, {}, OrganisationView, order=BY_SLUG, limit=limit, cursor=cursor)
