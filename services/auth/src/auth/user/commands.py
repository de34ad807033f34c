"""What can be asked of people's accounts by those who look after them."""

from dataclasses import dataclass
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from auth.access import loses_an_admin, require_anothers
from auth.organisation.document import Organisation
from auth.session.commands import outdate_all_of, revoke_all_of
from auth.user import queries
from auth.user.document import User
from auth.user.schemas import PersonChange
from common.errors import Conflict
from common.mongo import ClientSession, Database, run_in_transaction
from common.principal import Principal


async def commit_new(user: User, session: ClientSession | None = None) -> User:
    """The first commit of a person. Raises Conflict where the address is taken in that organisation."""
    try:
        return await user.commit(session)
    except DuplicateKeyError:
        raise Conflict("There is an account with this e-mail address: log in.", code="email_taken") from None


@dataclass(frozen=True)
class People:
    """A person's document and their sessions are changed in one transaction."""

    db: Database

    async def change(self, id_: UUID, change: PersonChange, by: Principal, expected: int | None) -> User:
        """Changes what is given. Raises NotFound, Forbidden, Conflict, Stale."""

        async def write(within: ClientSession) -> User:
            user = await queries.get(id_, by, within)
            user.require_version(expected)
            role = change.role or user.role
            active = user.active if change.active is None else change.active
            if role != user.role:
                require_anothers(user.id, by.user_id, "role")
                await outdate_all_of(user.id, within)
            if active != user.active:
                require_anothers(user.id, by.user_id, "account's state")
            if loses_an_admin(user.role, role, was_active=user.active, is_active=active):
                await _require_another_admin(user, within)
            user.edit(by.actor, name=change.name, role=change.role)
            if active and not user.active:
                user.reactivate(by.actor)
            if user.active and not active:
                user.deactivate(by.actor)
                await revoke_all_of(user.id, "deactivated", by.actor, within)
            return await user.commit(within)

        return await run_in_transaction(self.db, write)

    async def disable_second_factor(self, id_: UUID, by: Principal) -> None:
        """For somebody who lost their app and their recovery codes. Their sessions end. Raises NotFound, Forbidden."""

        async def write(within: ClientSession) -> None:
            user = await queries.get(id_, by, within)
            require_anothers(user.id, by.user_id, "second factor")
            if user.mfa_enabled:
                user.disable_second_factor(by.actor)
                await revoke_all_of(user.id, "mfa_changed", by.actor, within)
                await user.commit(within)

        await run_in_transaction(self.db, write)


async def _require_another_admin(user: User, within: ClientSession) -> None:
    """Raises Conflict where they are the last active admin. Of two admins who take each other away at once, one wins:
    both transactions write the organisation."""
    counted = {"$inc": {"admin_changes": 1}}
    await Organisation.get_pymongo_collection().update_one({"_id": user.organisation_id}, counted, session=within)
    others = {"organisation_id": user.organisation_id, "role": "admin", "active": True, "_id": {"$ne": user.id}}
    if await User.find_one(others, session=within) is None:
        raise Conflict("They are the last active admin: make somebody else one first.", code="last_admin")
