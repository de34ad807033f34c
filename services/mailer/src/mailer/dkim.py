"""Signs messages, which proves to receivers that they come from our domain unchanged (DKIM, RFC 6376).

With RSA (rsa-sha256) or Ed25519 (RFC 8463), relaxed canonicalisation of headers and body. `cryptography` computes
the signature; tests verify it with dkimpy (docs/decisions/0017 says why dkimpy does not sign).
"""

import base64
import hashlib
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

MIN_RSA_BITS = 2048

SIGNED = (
    "from", "to", "subject", "date", "message-id", "reply-to", "in-reply-to", "references", "mime-version",
    "content-type", "content-transfer-encoding", "auto-submitted", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
"""The last two are required by RFC 8058 section 4."""

_OVERSIGNED = ("from", "subject", "to")
"""Listed once more than they occur, so that no second one can be added (RFC 6376 section 8.15)."""


@dataclass(frozen=True)
class DkimSigner:
    """`selector` and `domain` name the DNS record `<selector>._domainkey.<domain>` with the public key."""

    domain: str
    selector: str
    key: RSAPrivateKey | Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """The message with a signature before it. Its lines end with CRLF."""
        head, _, body = message.partition(b"\r\n\r\n")
        headers = _headers(head.decode())
        present = [name for name in SIGNED if name in headers]
        algorithm = "rsa-sha256" if isinstance(self.key, RSAPrivateKey) else "ed25519-sha256"
        body_hash = base64.b64encode(hashlib.sha256(relaxed_body(body)).digest()).decode()
        unsigned = (
            f"v=1; a={algorithm}; c=relaxed/relaxed; d={self.domain}; s={self.selector};\r\n"
            f" h={':'.join([*present, *_OVERSIGNED])};\r\n bh={body_hash};\r\n b="
        )
        signed = [f"{name}:{headers[name]}\r\n" for name in present]
        signed.append(f"dkim-signature:{_relaxed(unsigned)}")  # without its line break (section 3.7)
        signature = base64.b64encode(self._signature_of("".join(signed).encode())).decode()
        folded = "\r\n ".join(re.findall(".{1,72}", signature))
        return f"DKIM-Signature: {unsigned}{folded}\r\n".encode("ascii") + message

    def _signature_of(self, signed: bytes) -> bytes:
        if isinstance(self.key, RSAPrivateKey):
            return self.key.sign(signed, PKCS1v15(), SHA256())
        return self.key.sign(hashlib.sha256(signed).digest())  # RFC 8463 section 3: of the hash


def key_from_pem(pem: bytes) -> RSAPrivateKey | Ed25519PrivateKey:
    """Raises ValueError for a key that receivers do not accept."""
    key = load_pem_private_key(pem, password=None)
    if isinstance(key, RSAPrivateKey) and key.key_size >= MIN_RSA_BITS:
        return key
    if isinstance(key, Ed25519PrivateKey):
        return key
    raise ValueError(f"must be an RSA key of {MIN_RSA_BITS} bits or more, or an Ed25519 key")


def relaxed_body(body: bytes) -> bytes:
    """Section 3.4.4."""
    body = re.sub(rb"[ \t]+", b" ", body)
    body = re.sub(rb" (?=\r\n|\Z)", b"", body)
    body = re.sub(rb"(\r\n)+\Z", b"", body)
    return body + b"\r\n" if body else b""


def _headers(head: str) -> dict[str, str]:
    """Relaxed (section 3.4.2). Our messages have one of each name."""
    pairs = (field.partition(":") for field in re.split(r"\r\n(?![ \t])", head))
    return {name.strip().lower(): _relaxed(value) for name, _, value in pairs}


def _relaxed(value: str) -> str:
    return re.sub(r"[ \t]+", " ", re.sub(r"\r\n", "", value)).strip()
