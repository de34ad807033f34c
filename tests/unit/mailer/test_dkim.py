"""Signatures are those that others verify: here dkimpy, with a DNS that has our public key."""

import base64
from collections.abc import Callable

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from dkim.canonicalization import Relaxed
from hypothesis import given
from hypothesis import strategies as st

from mailer.dkim import DkimSigner, key_from_pem, relaxed_body

RSA = generate_private_key(public_exponent=65537, key_size=2048)
ED25519 = Ed25519PrivateKey.generate()
KEYS = [RSA, ED25519]
MESSAGE = (
    b"From: Helpdesk <support@example.com>\r\n"
    b"To: Casey <casey@example.org>\r\n"
    b"Subject: [#12]   A  title\r\n  that goes on\r\n"
    b"Message-ID: <1@example.com>\r\n"
    b"List-Unsubscribe: <https://example.com/x>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    b"X-Other: not signed\r\n"
    b"\r\n"
    b"Hello  Casey \t \r\n\r\n.\r\nbye\r\n\r\n\r\n"
)


def record_of(key: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    """The DNS record of its public half."""
    if isinstance(key, RSAPrivateKey):
        der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(key.public_key().public_bytes_raw())


def dns(key: RSAPrivateKey | Ed25519PrivateKey) -> Callable[..., bytes]:
    def answer(name: bytes, timeout: float = 5) -> bytes:
        assert name == b"s1._domainkey.example.com."
        return record_of(key)

    return answer


def verified(message: bytes, key: RSAPrivateKey | Ed25519PrivateKey) -> bool:
    return bool(dkim.verify(message, dnsfunc=dns(key)))


def signed(message: bytes, key: RSAPrivateKey | Ed25519PrivateKey = RSA) -> bytes:
    return DkimSigner("example.com", "s1", key).sign(message)


@pytest.mark.parametrize("key", KEYS)
def test_a_signed_mail_is_verified(key: RSAPrivateKey | Ed25519PrivateKey) -> None:
    assert verified(signed(MESSAGE, key), key)
    assert signed(MESSAGE, key).endswith(MESSAGE)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Hello", b"Hallo"),
        (b"casey@example.org", b"eve@example.org"),
        (b"/x>", b"/y>"),
        (b"One-Click", b"Two-Clicks"),
        (b"Subject: ", b"Subject: Re: "),
        (b"From: ", b"From: Eve <eve@example.com>\r\nFrom: "),
        (b"Subject: ", b"Subject: another\r\nSubject: "),
    ],
)
def test_a_mail_that_was_changed_on_the_way_is_not(
    before: bytes, after: bytes, key: RSAPrivateKey | Ed25519PrivateKey
) -> None:
    assert not verified(signed(MESSAGE, key).replace(before, after, 1), key)


def test_what_servers_may_change_does_not_matter() -> None:
    passed_on = signed(MESSAGE).replace(b"Hello  Casey \t \r\n", b"Hello Casey\r\n").replace(b"From: ", b"FROM:   ")
    assert verified(b"Received: from here by there\r\n" + passed_on.rstrip(b"\r\n") + b"\r\n", RSA)


def test_a_mail_signed_with_another_key_is_not_verified() -> None:
    assert not verified(signed(MESSAGE, generate_private_key(public_exponent=65537, key_size=2048)), RSA)


@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"x", b"yz", b"."])).map(b"".join))
def test_a_body_is_made_canonical_as_others_do_it(body: bytes) -> None:
    # dkimpy leaves one line break of a body of nothing else, which is verified all the same (RFC 6376 section 3.4.4).
    expected = Relaxed.canonicalize_body(body if body.endswith(b"\r\n") or not body else body + b"\r\n")
    assert relaxed_body(body) == (b"" if expected == b"\r\n" else expected)


def pem(key: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_read_from_a_file(key: RSAPrivateKey | Ed25519PrivateKey) -> None:
    assert verified(signed(MESSAGE, key_from_pem(pem(key))), key)


def test_a_weak_key_is_refused() -> None:
    with pytest.raises(ValueError, match="2048 bits"):
        key_from_pem(pem(generate_private_key(public_exponent=65537, key_size=1024)))  # noqa: S505 - that is the point
