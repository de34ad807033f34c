"""A certificate authority of one test, and a server certificate for 127.0.0.1."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificates:
    """`authority` is the PEM file that clients trust; `server` is the TLS context of a server."""

    authority: Path
    server: ssl.SSLContext


def make_certificates(directory: Path) -> Certificates:
    """Writes authority.pem, server.pem and server.key to `directory`."""
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server = authority.issue_cert("127.0.0.1")
    authority.cert_pem.write_to_path(directory / "authority.pem")
    server.cert_chain_pems[0].write_to_path(directory / "server.pem")
    server.private_key_pem.write_to_path(directory / "server.key")
    server.configure_cert(context)
    return Certificates(directory / "authority.pem", context)
