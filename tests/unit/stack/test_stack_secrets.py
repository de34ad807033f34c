"""The secrets of a data directory."""

import base64
import json
import stat
from pathlib import Path

from common.secret_links import public_key_of
from stack.secrets import generate, load_or_generate


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    assert load_or_generate(path) == load_or_generate(path)


def test_nobody_else_may_read_them(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    load_or_generate(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_every_user_has_a_password_of_its_own() -> None:
    made = generate()
    passwords = [made.mongo_root, *made.mongo.values(), *made.nats.values()]
    assert len(set(passwords)) == len(passwords)


def test_the_secrets_of_a_new_service_are_added_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    made = vars(load_or_generate(path))
    less = {name: dict(list(value.items())[1:]) if isinstance(value, dict) else value for name, value in made.items()}
    path.write_text(json.dumps(less))
    mended = vars(load_or_generate(path))
    for name, value in less.items():
        if isinstance(value, dict):
            assert mended[name].keys() == made[name].keys()
            assert value.items() <= mended[name].items()
        else:
            assert mended[name] == value
    assert vars(load_or_generate(path)) == mended


def test_every_key_is_32_bytes_and_the_public_key_of_links_belongs_to_the_private_one() -> None:
    keys = generate().keys
    assert all(len(base64.urlsafe_b64decode(key)) == 32 for key in keys.values())
    assert len(set(keys.values())) == len(keys) == 5
    assert keys["links/public-key"] == public_key_of(keys["links/private-keys"])
