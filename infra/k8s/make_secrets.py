#!/usr/bin/env python3
"""Generates the secrets of an installation, as manifests for `kubectl apply -f -`. Needs only Python 3.11 and
make_secrets.json beside it.

    python3 infra/k8s/make_secrets.py --backup-recipient age1… > secrets.json
    python3 infra/k8s/make_secrets.py --public-key < private-key

The second form is for rotation: it prints the public key of a private key. Every run of the first form generates new
secrets. Store the output safely: without `master-key` nobody can log in, and without `private-keys` queued mails with
links cannot be sent. The manifests refer to these names and keys.
"""

import argparse
import base64
import json
import secrets
import sys
from pathlib import Path

TABLE = json.loads(Path(__file__).with_suffix(".json").read_text())
MEMBERS = ",".join(f"mongo-{number}.mongo:27017" for number in range(3))
MONGO_URL = f"mongodb://{{user}}:{{password}}@{MEMBERS}/{{database}}?replicaSet=rs0&authSource={{source}}"


def password() -> str:
    """Letters and digits need no escape in a URL. It begins with a letter, so that NATS reads it as a string."""
    return "p" + secrets.token_hex(20)


def key() -> str:
    """32 random bytes, base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def public_key(private: str) -> str:
    """The X25519 public key (RFC 7748 section 5) of a private key, both base64url."""
    raw = bytearray(base64.urlsafe_b64decode(private))
    raw[0] &= 248
    raw[31] = raw[31] & 127 | 64
    product = _multiply_base_point(int.from_bytes(raw, "little"))
    return base64.urlsafe_b64encode(product.to_bytes(32, "little")).decode()


def _multiply_base_point(scalar: int) -> int:
    """The Montgomery ladder of RFC 7748, on the u-coordinate 9. Its timing depends on `scalar`: run it where nobody
    measures."""
    p, u = 2**255 - 19, 9
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for t in reversed(range(255)):
        bit = scalar >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % p, u * (da - cb) ** 2 % p
        x2, z2 = aa * bb % p, e * (aa + 121665 * e) % p
    if swap:
        x2, z2 = x3, z3
    return x2 * pow(z2, p - 2, p) % p


def manifests(options: argparse.Namespace) -> list[dict[str, object]]:
    """All Secrets."""

    def url(user: str, database: str = "", source: str = "admin") -> str:
        parts = {"user": user, "password": password(), "database": database, "source": source}
        return str(options.mongo_url.format(**parts))

    values: dict[str, dict[str, str]] = {
        service: {"mongo-url": url(service, service, service), "nats-password": password()}
        for service in TABLE["services"]
    }
    values |= {consumer: {"nats-password": password()} for consumer in TABLE["external_consumers"]}
    for secret, keys in TABLE["keys"].items():
        values.setdefault(secret, {}).update({name: key() for name in keys})
    for secret, pairs in TABLE["public_keys"].items():
        values[secret].update({name: public_key(values[secret][private]) for name, private in pairs.items()})
    values["backup"] = {"mongo-url": url("backup"), "nats-password": password()}
    if options.backup_recipient:
        values["backup"]["recipient"] = options.backup_recipient
    # 1024 characters at most, of base64.
    values["mongo"] = {"admin-url": url("root"), "keyfile": base64.b64encode(secrets.token_bytes(576)).decode()}
    values["nats"] = {"provisioner-password": password(), "route-password": password()}
    if options.smtp_username:
        values["smtp"] = {"username": options.smtp_username, "password": sys.stdin.readline().rstrip("\n")}
    return [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {
                "name": name,
                "namespace": options.namespace,
                "labels": {"app.kubernetes.io/part-of": "helpdesk"},
            },
            "type": "Opaque",
            "stringData": data,
        }
        for name, data in values.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--namespace", default="helpdesk")
    parser.add_argument("--backup-recipient", help="age1…, of `python -m backup keygen`; for components/backup")
    parser.add_argument("--smtp-username", help="the password is then read as one line from standard input")
    parser.add_argument(
        "--mongo-url",
        default=MONGO_URL,
        help="with {user}, {password}, {database} and {source} in it; by default the members of overlays/production",
    )
    parser.add_argument(
        "--public-key", action="store_true", help="only print the public key of the private key on standard input"
    )
    options = parser.parse_args()
    if options.public_key:
        print(public_key(sys.stdin.readline().strip()))
        return
    documents = manifests(options)
    json.dump({"apiVersion": "v1", "kind": "List", "items": documents}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
