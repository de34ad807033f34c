#!/usr/bin/env python3
"""Makes the secrets of an installation, as manifests for `kubectl apply -f -`. Needs nothing but Python 3.11.

    python3 infra/k8s/make_secrets.py --backup-recipient age1… > secrets.json

Every run makes new ones. Keep the output where you keep such things: without `master-key` nobody can log in any more,
and without `keys` mails under way can not be read. Names and keys are those that the manifests refer to.
"""

import argparse
import base64
import json
import secrets
import sys

SERVICES = ("auth", "tickets", "notifications", "mailer")
MEMBERS = ",".join(f"mongo-{number}.mongo:27017" for number in range(3))
MONGO_URL = f"mongodb://{{user}}:{{password}}@{MEMBERS}/{{database}}?replicaSet=rs0&authSource={{source}}"


def password() -> str:
    """Letters and digits, so that it means the same in a URL; a letter first, so that NATS takes it for a text."""
    return "p" + secrets.token_hex(20)


def key() -> str:
    """32 random bytes, base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def manifests(options: argparse.Namespace) -> list[dict[str, object]]:
    """Of all secrets there are."""

    def url(user: str, database: str = "", source: str = "admin") -> str:
        words = {"user": user, "password": password(), "database": database, "source": source}
        return str(options.mongo_url.format(**words))

    values: dict[str, dict[str, str]] = {
        service: {"mongo-url": url(service, service, service), "nats-password": password()} for service in SERVICES
    }
    values["auth"]["master-key"] = key()
    values["notifications"]["unsubscribe-keys"] = key()
    values["mailer"]["reply-keys"] = key()
    values["sealing"] = {"keys": key()}
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
    documents = manifests(parser.parse_args())
    json.dump({"apiVersion": "v1", "kind": "List", "items": documents}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
