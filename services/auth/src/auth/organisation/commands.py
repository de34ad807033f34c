"""What can be asked of organisations: by operators, of all of them; by admins, of their own."""

from dataclasses import dataclass
from uuid import UUID

from auth.invitation.commands import Invitations
from auth.invitation.schemas import NewInvitation
from auth.organisation import queries
from auth.organisation.document import Organisation, OrganisationSettings
from auth.organisation.schemas import NewOrganisation, OrganisationChange, OrganisationState, SettingsChange
from auth.session.commands import revoke_all_of_organisation
from common.errors import Conflict
from common.mongo import ClientSession, Database, run_in_transaction
from common.outbox import retry_on_conflict
from common.principal import Principal


@dataclass(frozen=True)
class Organisations:
    """Opens, changes, suspends and reinstates."""

    db: Database
    invitations: Invitations

    async def create(self, new: NewOrganisation, by: Principal, within: ClientSession | None = None) -> Organisation:
        """A support desk of its own. Raises Conflict where the short name is taken."""

        async def write(within: ClientSession) -> Organisation:
            organisation = await Organisation.new(new.slug, new.name, by.actor).commit_new(within)
            if new.admin is not None:
                invited = NewInvitation(role="admin", **new.admin.model_dump())
                await self.invitations.invite(organisation, invited, by.actor, within)
            return organisation

        return await write(within) if within is not None else await run_in_transaction(self.db, write)

    async def change_state(
        self, id_: UUID, change: OrganisationState, by: Principal, expected: int | None
    ) -> Organisation:
        """Suspends, reinstates, renames. Suspended twice, it ends what sessions are left. Raises NotFound, Conflict,
        Stale."""
        if change.suspended and id_ == by.organisation_id:
            raise Conflict("You are of this organisation yourself, and would be shut out.", code="own_organisation")
        if change.suspended is False:
            # What a suspension that was killed on the way has left must not come back to life.
            await self._end_sessions(id_, by)

        async def attempt() -> Organisation:
            organisation = await queries.get(id_)
            organisation.require_version(expected)
            organisation.edit(by.actor, name=change.name)
            if change.suspended is not None:
                (organisation.suspend if change.suspended else organisation.reinstate)(by.actor)
            return await organisation.commit()

        organisation = await retry_on_conflict(attempt)
        if change.suspended:
            await self._end_sessions(id_, by)
        return organisation

    async def change_own(self, change: OrganisationChange, by: Principal, expected: int | None) -> Organisation:
        """Changes what is given. Raises Stale."""

        async def attempt() -> Organisation:
            organisation = await queries.get(by.organisation_id)
            organisation.require_version(expected)
            settings = _changed(organisation.settings, change.settings) if change.settings else None
            organisation.edit(by.actor, name=change.name, settings=settings)
            return await organisation.commit()

        return await retry_on_conflict(attempt)

    @staticmethod
    async def _end_sessions(id_: UUID, by: Principal) -> None:
        if (await queries.get(id_)).suspended:
            await revoke_all_of_organisation(id_, by.actor)


def _changed(settings: OrganisationSettings, change: SettingsChange) -> OrganisationSettings:
    given = change.model_dump(exclude_none=True)
    rate_limits = {**settings.rate_limits.model_dump(), **given.pop("rate_limits", {})}
    return OrganisationSettings.model_validate({**settings.model_dump(), **given, "rate_limits": rate_limits})
