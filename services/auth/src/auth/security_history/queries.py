"""Reads of the security history, from the event log."""

from auth.security_history.schemas import SecurityEventView
from common.cursors import Order
from common.events import Event, auth
from common.http.paging import Page, PageParameters, find_page
from common.mongo import Database
from common.outbox import event_log
from common.principal import Principal

SHOWN: tuple[type[Event], ...] = (
    auth.PasswordChanged,
    auth.PasswordResetRequested,
    auth.MfaEnabled,
    auth.MfaDisabled,
    auth.RecoveryCodeUsed,
    auth.RecoveryCodesRenewed,
    auth.EmailChangeRequested,
    auth.EmailChangeCancelled,
    auth.EmailChanged,
    auth.EmailRestored,
    auth.UserDeactivated,
    auth.UserReactivated,
)

_NEWEST_FIRST: Order = [("sequence", int, -1)]


async def list_newest_first(db: Database, user: Principal, page: PageParameters) -> Page[SecurityEventView]:
    """One page of what changed in the caller's account."""
    query = {
        "aggregate_id": user.user_id,
        "organisation_id": user.organisation_id,
        "type": {"$in": [event.type for event in SHOWN]},
    }
    return await find_page(db[event_log.COLLECTION], query, SecurityEventView, _NEWEST_FIRST, page)
