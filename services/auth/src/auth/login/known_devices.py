"""Devices that are known again by a signed cookie, which only decides by which limits their logins are counted.

The cookie is a JWT (RFC 7519) with a random id of the device and the accounts that logged in there, as keyed hashes. It
authenticates nobody.
"""

import base64
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Request, Response
from pydantic import SecretStr

from auth.cookies import AuthCookie
from auth.organisation.document import Organisation
from auth.user.document import User
from common import clock
from common.addresses import address_key

LIFETIME = timedelta(days=180)
MAX_ACCOUNTS = 5
_AUDIENCE, _ALGORITHM = "helpdesk-device", "HS256"


@dataclass(frozen=True)
class _Device:
    """`accounts` are the last that logged in there, newest first."""

    id: str
    accounts: tuple[str, ...] = ()


class KnownDevices:
    def __init__(self, master_key: SecretStr, cookie: AuthCookie) -> None:
        raw = base64.urlsafe_b64decode(master_key.get_secret_value())
        self._key = HKDF(SHA256(), 32, salt=None, info=b"helpdesk known devices").derive(raw)
        self._cookie = cookie

    def recognize(self, request: Request, slug: str | None, email: str) -> str | None:
        """The id of the device, if somebody has logged in to this account there before. Needs no database."""
        device = self._read(request)
        return device.id if device and self._account(Organisation.id_of(slug), email) in device.accounts else None

    def remember(self, request: Request, response: Response, user: User) -> None:
        """Sets the cookie after a login."""
        device, account = self._read(request) or _Device(str(uuid4())), self._account(user.organisation_id, user.email)
        accounts = (account, *(each for each in device.accounts if each != account))[:MAX_ACCOUNTS]
        claims = {"aud": _AUDIENCE, "exp": clock.now() + LIFETIME, "device": device.id, "accounts": accounts}
        token = jwt.encode(claims, self._key, _ALGORITHM)
        self._cookie.set(response, token, max_age=int(LIFETIME.total_seconds()))

    def _read(self, request: Request) -> _Device | None:
        token = self._cookie.read(request)
        if token is None:
            return None
        try:
            claims: dict[str, Any] = jwt.decode(
                token, self._key, [_ALGORITHM], audience=_AUDIENCE, options={"require": ["exp", "device", "accounts"]}
            )
        except jwt.InvalidTokenError:
            return None
        return _Device(claims["device"], tuple(claims["accounts"]))

    def _account(self, organisation_id: UUID, email: str) -> str:
        return hmac.digest(self._key, f"{organisation_id}:{address_key(email)}".encode(), "sha256").hex()[:32]
