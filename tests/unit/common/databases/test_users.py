"""A MongoDB user has the name, password and rights that its URL gives."""

import pytest

from common.databases.users import administrator_of, user_of

MEMBERS = "mongo-0.mongo:27017,mongo-1.mongo:27017"
WORD = "p%40ss-w0rd"


def test_a_service_may_read_and_write_the_database_of_its_own_name() -> None:
    user = user_of(f"mongodb://tickets:{WORD}@{MEMBERS}/tickets?replicaSet=rs0&authSource=tickets")
    assert (user.name, user.database, user.roles) == ("tickets", "tickets", ["readWrite"])
    assert user.password == "p@ss-w0rd"


def test_backup_reads_everything_and_writes_nothing() -> None:
    user = user_of(f"mongodb://backup:{WORD}@{MEMBERS}/?replicaSet=rs0&authSource=admin")
    assert (user.database, user.roles) == ("admin", ["readAnyDatabase"])


def test_the_administrator_is_the_one_its_url_names() -> None:
    user = administrator_of(f"mongodb://boss:{WORD}@{MEMBERS}/?replicaSet=rs0")
    assert (user.name, user.database, user.roles) == ("boss", "admin", ["root"])


@pytest.mark.parametrize(
    "url",
    [
        f"mongodb://auth:{WORD}@{MEMBERS}/tickets?authSource=auth",
        f"mongodb://auth:{WORD}@{MEMBERS}/auth?authSource=admin",
        f"mongodb://auth:{WORD}@{MEMBERS}/",
    ],
)
def test_a_url_that_would_give_a_service_another_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must name auth as its database"):
        user_of(url)


@pytest.mark.parametrize("url", ["mongodb://mongo/auth", "mongodb://auth@mongo/auth?authSource=auth"])
def test_a_url_without_user_or_password_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="lacks its user or password"):
        user_of(url)
    with pytest.raises(ValueError, match="lacks its user or password"):
        administrator_of(url)


def test_no_password_is_shown() -> None:
    assert "p@ss-w0rd" not in repr(user_of(f"mongodb://auth:{WORD}@{MEMBERS}/auth?authSource=auth"))
    with pytest.raises(ValueError, match="is not valid") as refused:
        user_of("mongodb://auth:p@ss@w0rd@mongo/auth")
    assert "w0rd" not in str(refused.value)
