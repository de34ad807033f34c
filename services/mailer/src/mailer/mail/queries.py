"""What can be read of the ledger."""

from datetime import datetime
from typing import Any
from uuid import UUID

from common.cursors import Order
from common.http.paging import Page, find_page
from common.principal import Principal
from mailer.mail.document import Mail, address_key
from mailer.mail.schemas import MailFilter, MailView

NEWEST_FIRST: Order = [("created_at", datetime, -1), ("_id", UUID, -1)]


async def list_newest_first(user: Principal, wanted: MailFilter, *, limit: int, cursor: str | None) -> Page[MailView]:
    """One page of the organisation's mails."""
    return await find_page(
        Mail.get_pymongo_collection(),
        _query(user, wanted),
        MailView,
        order=NEWEST_FIRST,
        limit=limit,
        cursor=cursor,
    )


async def get(mail_id: UUID, user: Principal) -> Mail:
    """Raises NotFound."""
    return await Mail.load(mail_id, user.organisation_id)


def _query(user: Principal, wanted: MailFilter) -> dict[str, Any]:
    same: dict[str, Any] = {
        "status": wanted.status,
        "template": wanted.template,
        "ticket_id": wanted.ticket_id,
        "address": None if wanted.recipient is None else address_key(wanted.recipient),
    }
    query = {"organisation_id": user.organisation_id} | {name: it for name, it in same.items() if it is not None}
    bounds = {"$gte": wanted.since, "$lt": wanted.until}
    if times := {operator: at for operator, at in bounds.items() if at is not None}:
        query["created_at"] = times
    return query
