"""What an admin can read of people. Operators look after the installation; organisations do not see them."""

import re
from typing import Any
from uuid import UUID

from auth.access import GrantableRole
from auth.user.document import User
from auth.user.schemas import PersonView
from common.cursors import Order
from common.errors import NotFound
from common.http.paging import Page, find_page
from common.mongo import ClientSession
from common.principal import Principal

BY_NAME: Order = [("name_key", str, 1), ("_id", UUID, 1)]


def visible_to(user: Principal) -> dict[str, Any]:
    """The people a caller may look after, as a MongoDB filter: the one place that decides it."""
    return {"organisation_id": user.organisation_id, "role": {"$in": ["customer", "agent", "admin"]}}


async def get(id_: UUID, user: Principal, session: ClientSession | None = None) -> User:
    """One person. Raises NotFound, for another organisation's too."""
    found = await User.find_one({"_id": id_, **visible_to(user)}, session=session)
    if found is None:
        raise NotFound(f"There is no user {id_}.")
    return found


async def list_by_name(
    user: Principal,
    *,
    role: GrantableRole | None,
    active: bool | None,
    text: str | None,
    limit: int,
    cursor: str | None,
) -> Page[PersonView]:
    """One page. `text` is the beginning of a name, of a part of one, or of the address or its domain."""
    query = visible_to(user)
    if role is not None:
        query["role"] = role
    if active is not None:
        query["active"] = active
    if text:
        query["searched_by"] = {"$regex": f"^{re.escape(text.casefold())}"}
    users = User.get_pymongo_collection()
    return await find_page(users, query, PersonView, order=BY_NAME, limit=limit, cursor=cursor)
