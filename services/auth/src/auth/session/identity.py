"""auth asks its own sessions, not a copy: here a log-out counts from the very next request."""

from auth.session.document import Session
from auth.signing_key.keyring import Keyring
from common.errors import Unauthenticated
from common.http.identity import Principal, Verifier


class OwnIdentity:
    """Turns an access token into a principal."""

    def __init__(self, keyring: Keyring) -> None:
        self._verifier = Verifier(keyring)

    async def principal(self, token: str) -> Principal:
        """Raises Unauthenticated."""
        principal = await self._verifier.principal(token)
        session = await Session.find_one({"_id": principal.session_id})
        if session is None or not session.alive:
            raise Unauthenticated("This session has ended: log in again.", code="session_ended")
        return principal
