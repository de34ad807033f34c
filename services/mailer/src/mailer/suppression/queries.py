"""Reads of the suppression list."""

from datetime import datetime
from uuid import UUID

from common.cursors import Order
from common.http.paging import Page, PageParameters, find_page
from common.notification_kinds import kind_named
from common.principal import Principal
from mailer.mail.document import Mail
from mailer.suppression.document import Suppression
from mailer.suppression.schemas import SuppressionView

NEWEST_FIRST: Order = [("added_at", datetime, -1), ("_id", UUID, -1)]


async def list_page(user: Principal, page: PageParameters) -> Page[SuppressionView]:
    """One page of the organisation's list."""
    suppressions = Suppression.get_pymongo_collection()
    query = Suppression.visible_to(user)
    return await find_page(suppressions, query, SuppressionView, NEWEST_FIRST, page)


async def is_suppressed(mail: Mail) -> bool:
    """Whether the mail must not be sent because its address is on the list. Notes on the mail that it is, which a
    security email overrides (docs/decisions/0045)."""
    id_ = Suppression.id_of(mail.organisation_id, mail.address)
    suppressions = Suppression.get_pymongo_collection()
    found = await suppressions.find_one({"_id": id_, "active": True}, {"includes_security_emails": 1})
    mail.address_suppressed = found is not None
    return found is not None and (found.get("includes_security_emails", False) or not kind_named(mail.kind).is_security)
