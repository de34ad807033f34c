"""Organisations over HTTP: all of them for operators, their own for admins."""

from uuid import UUID

from fastapi import Request, Response

from auth.organisation import queries
from auth.organisation.commands import Organisations
from auth.organisation.schemas import (
    NewOrganisation,
    OrganisationChange,
    OrganisationState,
    OrganisationView,
    OwnOrganisationView,
)
from common.http.conditional import IfMatch
from common.http.idempotency import IdempotentRequest
from common.http.identity import AdminUser, OperatorUser
from common.http.paging import CursorParameter, Limit, Page
from common.http.routing import Router
from common.mongo import ClientSession


def routes(organisations: Organisations) -> Router:
    """Below /api/v1."""
    router = Router(tags=["organisations"])

    @router.get("/organisation")
    async def get_own_organisation(user: AdminUser) -> OwnOrganisationView:
        """The caller's organisation, with its settings."""
        return OwnOrganisationView.of(await queries.get(user.organisation_id))

    @router.patch("/organisation")
    async def change_own_organisation(
        change: OrganisationChange, user: AdminUser, if_match: IfMatch
    ) -> OwnOrganisationView:
        """Changes the fields that are given."""
        return OwnOrganisationView.of(await organisations.change_own(change, user, if_match))

    @router.post("/organisations", status_code=201)
    async def create_organisation(
        new: NewOrganisation, user: OperatorUser, request: Request, response: Response, idempotent: IdempotentRequest
    ) -> OrganisationView:
        """Opens a support desk of its own, and invites its first admin where one is named."""

        async def create(session: ClientSession | None) -> OrganisationView:
            return OrganisationView.of(await organisations.create(new, user, session))

        view = await idempotent.run(new, OrganisationView, create, by=user.user_id)
        response.headers["Location"] = f"{request.url.path}/{view.id}"
        return view

    @router.get("/organisations")
    async def list_organisations(
        user: OperatorUser,  # noqa: ARG001 - says who may
        limit: Limit = 20,
        cursor: CursorParameter = None,
    ) -> Page[OrganisationView]:
        """All organisations, by short name."""
        return await queries.list_by_slug(limit=limit, cursor=cursor)

    @router.get("/organisations/{organisation_id}")
    async def get_organisation(
        organisation_id: UUID,
        user: OperatorUser,  # noqa: ARG001 - says who may
    ) -> OrganisationView:
        """One organisation."""
        return OrganisationView.of(await queries.get(organisation_id))

    @router.patch("/organisations/{organisation_id}")
    async def change_organisation(
        organisation_id: UUID, change: OrganisationState, user: OperatorUser, if_match: IfMatch
    ) -> OrganisationView:
        """Renames, suspends or reinstates. Of a suspended one nobody is let in anywhere, with whatever tokens."""
        return OrganisationView.of(await organisations.change_state(organisation_id, change, user, if_match))

    return router
