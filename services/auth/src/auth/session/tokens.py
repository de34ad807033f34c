"""Access tokens: made here, verified everywhere."""

import jwt

from auth.session.commands import Started
from auth.signing_key.keyring import Keyring
from common.token_trust import TOKEN_LIFETIME
from common.token_verifier import ALGORITHM, ISSUER


def access_token(started: Started, keyring: Keyring) -> str:
    """A JWT (RFC 7519) signed with Ed25519, valid for 15 minutes. Its times have milliseconds, as section 2 allows:
    whether it is older than a change of what its holder may do is a matter of those."""
    kid, key = keyring.signing
    user, issued_at = started.user, started.as_of
    claims = {
        "iss": ISSUER,
        "sub": str(user.id),
        "org": str(user.organisation_id),
        "role": user.role,
        "sid": str(started.session.id),
        "name": user.name,
        "scope": started.scope,
        "iat": issued_at.timestamp(),
        "exp": (issued_at + TOKEN_LIFETIME).timestamp(),
    }
    return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": kid})
