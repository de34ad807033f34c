"""Commands on organisations."""

from dataclasses import dataclass
from uuid import UUID

from auth.invitation.commands import Invitations
from auth.invitation.schemas import NewInvitation
from auth.organisation.document import Organisation, OrganisationSettings
from auth.organisation_admin.schemas import (
    NewOrganisation,
    OrganisationChange,
    OwnOrganisationChange,
    SettingsChange,
)
from common.errors import Conflict
from common.mongo import ClientSession, Database, run_in_transaction
from common.principal import Principal


@dataclass(frozen=True)
class Organisations:
    db: Database
    invitations: Invitations

    async def create(self, new: NewOrganisation, by: Principal, session: ClientSession | None = None) -> Organisation:
        """Raises Conflict where the slug is taken."""

        async def write(session: ClientSession) -> Organisation:
            organisation = await Organisation.new(new.slug, new.name, by.actor).commit(session)
            if new.admin is not None:
                invitation = NewInvitation(role="admin", **new.admin.model_dump())
                await self.invitations.invite(organisation, invitation, by.actor, session)
            return organisation

        return await run_in_transaction(self.db, write, session)

    async def change(self, id_: UUID, change: OrganisationChange, by: Principal, expected: int | None) -> Organisation:
        """Renames, suspends, reinstates. Raises NotFound, Conflict, PreconditionFailed."""
        if change.suspended and id_ == by.organisation_id:
            raise Conflict("This is your own organisation. You would lock yourself out.", code="own_organisation")

        def apply(organisation: Organisation) -> None:
            organisation.edit(by.actor, name=change.name)
            if change.suspended is not None:
                (organisation.suspend if change.suspended else organisation.reinstate)(by.actor)

        return await Organisation.modify(id_, by, apply, expected=expected)

    async def change_own(self, change: OwnOrganisationChange, by: Principal, expected: int | None) -> Organisation:
        """Raises PreconditionFailed."""

        def apply(organisation: Organisation) -> None:
            settings = _merge(organisation.settings, change.settings) if change.settings else None
            organisation.edit(by.actor, name=change.name, settings=settings)

        return await Organisation.modify(by.organisation_id, by, apply, expected=expected)


def _merge(settings: OrganisationSettings, change: SettingsChange) -> OrganisationSettings:
    given = change.model_dump(exclude_none=True)
    rate_limits = {**settings.rate_limits.model_dump(), **given.pop("rate_limits", {})}
    return OrganisationSettings.model_validate({**settings.model_dump(), **given, "rate_limits": rate_limits})
