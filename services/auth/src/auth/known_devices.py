"""Devices that are known again by a signed cookie, which only decides by which limits their logins are counted.

The cookie is a JWT (RFC 7519) with a random id of the device and the accounts that logged in there, as keyed hashes. It
authenticates nobody. A device is known until the password or the second factor changes: whoever knew the former ones
may have made any number of cookies.
"""

import base64
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Request, Response
from pydantic import SecretStr

from auth.cookies import AuthCookie
from auth.user.document import User
from common import clock
from common.addresses import address_key

LIFETIME = timedelta(days=180)
MAX_ACCOUNTS = 5
_AUDIENCE, _ALGORITHM = "helpdesk-device", "HS256"


@dataclass(frozen=True)
class ClaimedDevice:
    """A device on which somebody has logged in to an account, with the credentials that `proof` depends on."""

    id: str
    proof: str


@dataclass(frozen=True)
class _Device:
    """`proofs` are those of the last accounts that logged in there, by account, newest first."""

    id: str
    proofs: Mapping[str, str]


class KnownDevices:
    def __init__(self, master_key: SecretStr, cookie: AuthCookie) -> None:
        raw = base64.urlsafe_b64decode(master_key.get_secret_value())
        self._key = HKDF(SHA256(), 32, salt=None, info=b"helpdesk known devices").derive(raw)
        self._cookie = cookie

    def find_claimed(self, request: Request, organisation_id: UUID, email: str) -> ClaimedDevice | None:
        """The device, if somebody has logged in to this account there before. Needs no database."""
        device, account = self._read(request), self._account(organisation_id, email)
        return ClaimedDevice(device.id, device.proofs[account]) if device and account in device.proofs else None

    def recognize(self, claimed: ClaimedDevice | None, user: User | None) -> str | None:
        """The id of the device, if the user's password and second factor are those of that login."""
        if claimed is None or user is None or not hmac.compare_digest(claimed.proof, self._proof(claimed.id, user)):
            return None
        return claimed.id

    def remember(self, request: Request, response: Response, user: User) -> None:
        """Sets the cookie, after a login or a change of the credentials or the address in a session."""
        device, account = (
            self._read(request) or _Device(str(uuid4()), {}),
            self._account(user.organisation_id, user.email),
        )
        others = {other: proof for other, proof in device.proofs.items() if other != account}
        proofs = dict(islice({account: self._proof(device.id, user), **others}.items(), MAX_ACCOUNTS))
        claims = {"aud": _AUDIENCE, "exp": clock.now() + LIFETIME, "device": device.id, "proofs": proofs}
        token = jwt.encode(claims, self._key, _ALGORITHM)
        self._cookie.set(response, token, max_age=int(LIFETIME.total_seconds()))

    def _read(self, request: Request) -> _Device | None:
        token = self._cookie.read(request)
        if token is None:
            return None
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._key, [_ALGORITHM], audience=_AUDIENCE, options={"require": ["exp", "device", "proofs"]}
            )
        except jwt.InvalidTokenError:
            return None
        return _Device(claims["device"], claims["proofs"])

    def _account(self, organisation_id: UUID, email: str) -> str:
        return self._hash(f"{organisation_id}:{address_key(email)}".encode())

    def _proof(self, device: str, user: User) -> str:
        factor = user.second_factor.encrypted_key if user.second_factor else b""
        return self._hash(f"{device}:{user.id}:{user.password_hash}:".encode() + factor)

    def _hash(self, text: bytes) -> str:
        return hmac.digest(self._key, text, "sha256").hex()[:32]
