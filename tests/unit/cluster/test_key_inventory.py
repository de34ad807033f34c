"""docs/security/keys.md lists every secret of an installation."""

import re

from stack.paths import CHECKOUT
from tests.support.manifests import made_secrets

PAGE = (CHECKOUT / "docs/security/keys.md").read_text()


def test_every_generated_secret_is_in_the_inventory() -> None:
    rows = [set(re.findall(r"`([\w.-]+)`", row)) for row in PAGE.splitlines() if row.startswith("| ")]
    missing = [
        (secret, key)
        for secret, values in made_secrets().items()
        for key in values
        if not any({secret, key} <= row for row in rows)
    ]
    assert missing == []
