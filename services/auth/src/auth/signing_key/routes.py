"""The public keys, for programs that verify access tokens themselves."""

from typing import Literal

from fastapi import Response
from pydantic import BaseModel

from auth.signing_key.keyring import Keyring
from common.http.routing import Router


class Jwk(BaseModel):
    """An Ed25519 public key (RFC 8037)."""

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    alg: Literal["EdDSA"] = "EdDSA"
    use: Literal["sig"] = "sig"
    kid: str
    x: str


class Jwks(BaseModel):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[Jwk]


def routes(keyring: Keyring) -> Router:
    router = Router(prefix="/auth", tags=["signing keys"])

    @router.get("/jwks")
    async def jwks(response: Response) -> Jwks:
        """All keys that access tokens may be signed with."""
        response.headers["Cache-Control"] = "public, max-age=300"
        return Jwks(keys=[Jwk(kid=key.kid, x=key.public_key) for key in keyring.trusted])

    return router
