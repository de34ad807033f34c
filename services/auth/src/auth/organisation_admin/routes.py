"""HTTP routes of organisations."""

from functools import partial
from uuid import UUID

from fastapi import Request, Response

from auth.organisation.document import Organisation
from auth.organisation_admin.commands import Organisations
from auth.organisation_admin.schemas import (
    NewOrganisation,
    OrganisationChange,
    OrganisationView,
    OwnOrganisationChange,
    OwnOrganisationView,
)
from auth.session.recent_proof import RECENT_PROOF, require_recent_proof
from common.cursors import Order
from common.http.conditional import IfMatch
from common.http.idempotency import IdempotentRequest
from common.http.identity import AdminUser, OperatorUser
from common.http.paging import Page, PageQuery, find_page
from common.http.routing import Router

BY_SLUG: Order = [("slug", str, 1)]


def routes(organisations: Organisations) -> Router:
    router = Router(tags=["organisations"])

    @router.get("/organisation")
    async def get_own_organisation(user: AdminUser) -> OwnOrganisationView:
        """The organisation of the caller, with its settings."""
        return OwnOrganisationView.of(await Organisation.load(user.organisation_id, user))

    @router.patch("/organisation")
    async def change_own_organisation(
        change: OwnOrganisationChange, user: AdminUser, if_match: IfMatch
    ) -> OwnOrganisationView:
        """Changes the given fields. Settings need a recent proof of identity."""
        if change.settings is not None:
            await require_recent_proof(user)
        return OwnOrganisationView.of(await organisations.change_own(change, user, if_match))

    @router.post("/organisations", status_code=201, dependencies=[RECENT_PROOF])
    async def create_organisation(
        new: NewOrganisation, user: OperatorUser, request: Request, response: Response, idempotent: IdempotentRequest
    ) -> OrganisationView:
        """Creates an organisation, and invites its first admin if one is given. Needs a recent proof of identity."""

        view = await idempotent.run(new, OrganisationView, partial(organisations.create, new, user), by=user.user_id)
        response.headers["Location"] = f"{request.url.path}/{view.id}"
        return view

    @router.get("/organisations")
    async def list_organisations(user: OperatorUser, page: PageQuery) -> Page[OrganisationView]:
        """All organisations, by short name."""
        stored, visible = Organisation.get_pymongo_collection(), Organisation.visible_to(user)
        return await find_page(stored, visible, OrganisationView, BY_SLUG, page)

    @router.get("/organisations/{organisation_id}")
    async def get_organisation(organisation_id: UUID, user: OperatorUser) -> OrganisationView:
        """One organisation."""
        return OrganisationView.of(await Organisation.load(organisation_id, user))

    @router.patch("/organisations/{organisation_id}", dependencies=[RECENT_PROOF])
    async def change_organisation(
        organisation_id: UUID, change: OrganisationChange, user: OperatorUser, if_match: IfMatch
    ) -> OrganisationView:
        """Renames, suspends or reinstates an organisation. All tokens of a suspended organisation are refused. Needs a
        recent proof of identity."""
        return OrganisationView.of(await organisations.change(organisation_id, change, user, if_match))

    return router
