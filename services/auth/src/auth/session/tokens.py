"""Access tokens: made here, verified everywhere."""

import jwt

from auth.session.document import Session
from auth.signing_key.keyring import Keyring
from auth.user.document import User
from common import clock
from common.http.identity import ALGORITHM, ISSUER
from common.trust import TOKEN_LIFETIME


def access_token(user: User, session: Session, keyring: Keyring) -> str:
    """A JWT (RFC 7519) signed with Ed25519, valid for 15 minutes."""
    kid, key = keyring.signing
    now = clock.now()
    claims = {
        "iss": ISSUER,
        "sub": str(user.id),
        "org": str(user.organisation_id),
        "role": user.role,
        "sid": str(session.id),
        "name": user.name,
        "scope": "",
        "iat": now,
        "exp": now + TOKEN_LIFETIME,
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})
