"""users.conf of nats-server: who may log in, and what each may say and hear, from `common.messaging.permissions`."""

import json

from common.messaging.permissions import BACKUP, PROVISIONER, permissions_for
from common.services import SERVICES

USERS = (*SERVICES, PROVISIONER, BACKUP)


def users() -> str:
    """The file. Passwords are in variables of the environment: `<USER>_PASSWORD`."""
    lines = [
        "# Written by `make generate` from libs/common/src/common/messaging/permissions.py. Do not edit.",
        "authorization {",
        "  users: [",
    ]
    for user in USERS:
        allowed = permissions_for(user)
        lines += [
            "    {",
            f"      user: {user}, password: ${user.upper()}_PASSWORD",
            "      permissions: {",
            *_only("publish", allowed.publish),
            *_only("subscribe", allowed.subscribe),
            "      }",
            "    }",
        ]
    return "\n".join([*lines, "  ]", "}", ""])


def _only(verb: str, subjects: list[str]) -> list[str]:
    # A $ outside of quotes would be a variable.
    return [f"        {verb}: {{ allow: [", *(f"          {json.dumps(each)}" for each in subjects), "        ] }"]
