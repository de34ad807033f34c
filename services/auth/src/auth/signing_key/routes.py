"""The public keys, for programs that verify access tokens themselves."""

import base64
from typing import Literal

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
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
    """Below /api/v1."""
    router = Router(prefix="/auth", tags=["keys"])

    @router.get("/jwks")
    async def jwks(response: Response) -> Jwks:
        """All keys an access token may be signed with at present."""
        response.headers["Cache-Control"] = "public, max-age=300"
        raw = {kid: key.public_bytes(Encoding.Raw, PublicFormat.Raw) for kid, key in keyring.public.items()}
        return Jwks(keys=[Jwk(kid=kid, x=_encoded(each)) for kid, each in raw.items()])

    return router


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
