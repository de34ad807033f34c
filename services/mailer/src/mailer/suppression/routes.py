"""The suppression list over HTTP, for admins."""

from functools import partial
from uuid import UUID

from fastapi import Request, Response

from common.http.conditional import IfMatch
from common.http.idempotency import IdempotentRequest
from common.http.identity import AdminUser
from common.http.paging import Page, PageQuery
from common.http.routing import Router
from mailer.suppression import commands, queries
from mailer.suppression.schemas import NewSuppression, SuppressionView

router = Router(prefix="/mail/suppressions", tags=["mail"])


@router.get("")
async def list_suppressions(user: AdminUser, page: PageQuery) -> Page[SuppressionView]:
    """The organisation's suppression list, newest first. Security emails are sent even to suppressed addresses, except
    to those with `includes_security_emails`."""
    return await queries.list_page(user, page)


@router.post("", status_code=201)
async def add_suppression(
    new: NewSuppression, user: AdminUser, request: Request, response: Response, idempotent: IdempotentRequest
) -> SuppressionView:
    """Adds an address to the suppression list. Queued emails to it are suppressed; security emails only with
    `includes_security_emails`."""
    view = await idempotent.run(new, SuppressionView, partial(commands.add, new, user), by=user.user_id)
    response.headers["Location"] = f"{request.url.path}/{view.id}"
    return view


@router.delete("/{suppression_id}", status_code=204)
async def remove_suppression(suppression_id: UUID, user: AdminUser, if_match: IfMatch) -> None:
    """Removes an address from the suppression list. Suppressed emails are sent only if an admin retries them."""
    await commands.remove(suppression_id, user, if_match=if_match)
