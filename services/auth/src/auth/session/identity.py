"""Identity from auth's own documents, not from a copy: every change takes effect at the next request."""

from typing import Any

from auth.organisation.document import Organisation
from auth.session.commands import InvalidSession
from auth.session.document import Session
from auth.signing_key.keyring import Keyring
from auth.user.document import User
from common.errors import Unauthenticated
from common.principal import Principal
from common.token_verifier import TokenVerifier


def _lookup(collection: str, local_field: str, *fields: str) -> dict[str, Any]:
    """A stage that adds these fields of another collection's document to the session."""
    return {
        "$lookup": {
            "from": collection,
            "localField": local_field,
            "foreignField": "_id",
            "pipeline": [{"$project": dict.fromkeys(fields, 1)}],
            "as": collection,
        }
    }


class DatabaseIdentity:
    """Turns an access token into a principal, with one query."""

    def __init__(self, keyring: Keyring) -> None:
        self._verifier = TokenVerifier(keyring)

    async def principal(self, token: str) -> Principal:
        """Raises Unauthenticated."""
        principal = await self._verifier.principal(token)
        pipeline: list[dict[str, Any]] = [
            {"$match": {"_id": principal.session_id, **Session.visible_to(principal)}},
            {"$project": {"user_id": 1, "organisation_id": 1, "suspensions": 1}},
            _lookup(User.Settings.name, "user_id", "active", "role"),
            _lookup(Organisation.Settings.name, "organisation_id", "suspended_at", "suspensions"),
        ]
        found = await (await Session.get_pymongo_collection().aggregate(pipeline)).to_list()
        users = [user for session in found for user in session[User.Settings.name] if user["active"]]
        is_suspended = any(
            each.get("suspended_at") or each["suspensions"] != session["suspensions"]
            for session in found
            for each in session[Organisation.Settings.name]
        )
        if not users or is_suspended:
            raise InvalidSession
        if users[0]["role"] != principal.role:
            raise Unauthenticated("Your role has changed. Refresh the access token.", code="token_outdated")
        return principal
