"""auth asks its own documents, not a copy: here whatever shuts somebody out counts from the very next request."""

from typing import Any

from auth.organisation.document import Organisation
from auth.session.document import Session
from auth.signing_key.keyring import Keyring
from auth.user.document import User
from common import clock
from common.errors import Unauthenticated
from common.principal import Principal
from common.token_verifier import TokenVerifier


def _joined(collection: str, by: str, *fields: str) -> dict[str, Any]:
    """A stage that puts these fields of another collection's document beside the session."""
    shown = [{"$project": dict.fromkeys(fields, 1)}]
    return {
        "$lookup": {"from": collection, "localField": by, "foreignField": "_id", "pipeline": shown, "as": collection}
    }


class OwnIdentity:
    """Turns an access token into a principal, by one read."""

    def __init__(self, keyring: Keyring) -> None:
        self._verifier = TokenVerifier(keyring)

    async def principal(self, token: str) -> Principal:
        """Raises Unauthenticated."""
        principal = await self._verifier.principal(token)
        alive = {"ended_at": None, "expires_at": {"$gt": clock.now()}}
        pipeline: list[dict[str, Any]] = [
            {"$match": {"_id": principal.session_id, "user_id": principal.user_id, **alive}},
            {"$project": {"user_id": 1, "organisation_id": 1}},
            _joined(User.Settings.name, "user_id", "active", "role"),
            _joined(Organisation.Settings.name, "organisation_id", "suspended_at"),
        ]
        found = await (await Session.get_pymongo_collection().aggregate(pipeline)).to_list()
        users = [user for session in found for user in session[User.Settings.name] if user["active"]]
        organisations = [each for session in found for each in session[Organisation.Settings.name]]
        if not users or any(each.get("suspended_at") for each in organisations):
            raise Unauthenticated("This session has ended: log in again.", code="session_ended")
        if users[0]["role"] != principal.role:
            raise Unauthenticated("What you may do has changed since: refresh the access token.", code="token_outdated")
        return principal
