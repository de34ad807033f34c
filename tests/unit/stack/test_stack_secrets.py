"""The secrets of a data directory."""

import json
import stat
from pathlib import Path

from cryptography.fernet import Fernet

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


def test_what_an_older_version_did_not_need_is_added_and_the_rest_stays(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    made = vars(load_or_generate(path))
    path.write_text(json.dumps({name: value for name, value in made.items() if name != "unsubscribe_key"}))
    mended = vars(load_or_generate(path))
    assert mended.pop("unsubscribe_key") != made.pop("unsubscribe_key")
    assert mended == made
    assert load_or_generate(path) == load_or_generate(path)


def test_the_sealing_keys_are_fernet_keys() -> None:
    Fernet(generate().sealing_key)
    Fernet(generate().unsubscribe_key)
