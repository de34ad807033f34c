"""Reads of the outbox."""

from datetime import datetime
from typing import Any
from uuid import UUID

from common.addresses import address_key
from common.cursors import Order
from common.http.paging import Page, find_page
from common.principal import Principal
from mailer.mail.document import Mail
from mailer.mail.schemas import MailFilter, MailView

NEWEST_FIRST: Order = [("created_at", datetime, -1), ("_id", UUID, -1)]


async def list_page(user: Principal, wanted: MailFilter) -> Page[MailView]:
    """One page of the organisation's emails."""
    mails = Mail.get_pymongo_collection()
    query = _query(user, wanted)
    return await find_page(mails, query, MailView, NEWEST_FIRST, wanted)


def _query(user: Principal, wanted: MailFilter) -> dict[str, Any]:
    equal: dict[str, Any] = {
        "status": wanted.status,
        "kind": wanted.kind,
        "ticket_id": wanted.ticket_id,
        "address": None if wanted.recipient is None else address_key(wanted.recipient),
    }
    query = Mail.visible_to(user) | {name: value for name, value in equal.items() if value is not None}
    bounds = {"$gte": wanted.since, "$lt": wanted.until}
    if times := {operator: at for operator, at in bounds.items() if at is not None}:
        query["created_at"] = times
    return query
