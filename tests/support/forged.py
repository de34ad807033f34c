"""Access tokens that must not count, whatever they say."""

import base64
import json
from datetime import timedelta
from typing import Any

import jwt
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common import clock
from common.mongo import require_document
from common.token_verifier import ALGORITHM
from tests.support.people import Person
from tests.support.services import MASTER_KEY, RunningService


async def forged(auth: RunningService, person: Person) -> dict[str, str]:
    """Some for that person, by what is wrong with them. Each says what an admin's token says."""
    kid = jwt.get_unverified_header(person.access_token)["kid"]
    key = require_document(await auth.db["signing_keys"].find_one({"kid": kid}))
    ours = Ed25519PrivateKey.from_private_bytes(
        Fernet(MASTER_KEY.get_secret_value()).decrypt(key["encrypted_private_key"])
    )
    claims: dict[str, Any] = {
        **jwt.decode(person.access_token, options={"verify_signature": False}),
        "role": "admin",
    }
    then = clock.now() - timedelta(hours=1)
    past = {**claims, "iat": then, "exp": then + timedelta(minutes=15)}
    headers = {"kid": kid}
    return {
        "expired": jwt.encode(past, ours, ALGORITHM, headers=headers),
        "another key": jwt.encode(claims, Ed25519PrivateKey.generate(), ALGORITHM, headers=headers),
        "alg none": f"{_part({'alg': 'none', 'kid': kid})}.{_part(claims)}.",
        "HS256 with the public key": jwt.encode(claims, key["public_key"], "HS256", headers=headers),
    }


def _part(said: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
