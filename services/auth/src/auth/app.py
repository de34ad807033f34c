"""Composition root: the one place that names auth's concrete parts and wires them."""

from datetime import timedelta

from auth.organisation.document import Organisation
from auth.passwords import Passwords
from auth.session.commands import Sessions
from auth.session.document import Session
from auth.session.identity import OwnIdentity
from auth.session.routes import routes as session_routes
from auth.settings import AuthSettings
from auth.signing_key.document import SigningKey
from auth.signing_key.keyring import Keyring
from auth.signing_key.routes import routes as key_routes
from auth.user.document import User
from common import mongo
from common.lifecycle import Service


def build(settings: AuthSettings) -> Service:
    """auth, ready to be run."""
    url = settings.mongo_url.get_secret_value()
    client = mongo.connect(url, name="auth", seconds=settings.database_seconds)
    keyring = Keyring(settings.master_key)
    sessions = Sessions(
        Passwords(threads=settings.password_hashing_threads),
        lifetime=timedelta(seconds=settings.refresh_token_seconds),
        grace=timedelta(seconds=settings.refresh_grace_seconds),
    )

    async def when_prepared() -> None:
        await Organisation.ensure_default()
        await keyring.load()

    return Service(
        name="auth",
        settings=settings,
        client=client,
        db=mongo.database(client),
        documents=[Organisation, User, Session, SigningKey],
        identity=OwnIdentity(keyring),
        routers=[session_routes(sessions, keyring, settings), key_routes(keyring)],
        when_prepared=when_prepared,
    )
