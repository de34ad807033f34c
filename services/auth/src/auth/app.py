"""Composition root: the one place that names auth's concrete parts and wires them."""

from datetime import timedelta

from cryptography.fernet import Fernet

from auth.account.commands import Accounts
from auth.account.forgotten import ForgottenPasswords, ResetRequest
from auth.account.routes import routes as account_routes
from auth.invitation.commands import Invitations
from auth.invitation.document import Invitation
from auth.invitation.routes import routes as invitation_routes
from auth.login.commands import LogIns
from auth.login.document import Challenge, FailedLogin
from auth.login.routes import routes as log_in_routes
from auth.mfa.commands import SecondFactors
from auth.mfa.routes import routes as mfa_routes
from auth.organisation.commands import Organisations
from auth.organisation.document import Organisation
from auth.organisation.routes import routes as organisation_routes
from auth.passwords import Passwords
from auth.session.answers import Answers
from auth.session.commands import Sessions
from auth.session.document import Session
from auth.session.identity import OwnIdentity
from auth.session.routes import routes as session_routes
from auth.settings import AuthSettings
from auth.signing_key.document import SigningKey
from auth.signing_key.keyring import Keyring
from auth.signing_key.rotation import Rotation
from auth.signing_key.routes import routes as key_routes
from auth.user.commands import People
from auth.user.document import User
from auth.user.routes import routes as user_routes
from common import mongo
from common.lifecycle import Service
from common.sealed import SecretCipher


def rotation(settings: AuthSettings) -> Rotation:
    """What replaces signing keys."""
    master = Fernet(settings.master_key.get_secret_value())
    return Rotation(master, lead=settings.signing_key_lead, every=settings.signing_key_age)


def build(settings: AuthSettings) -> Service:
    """auth, ready to be run."""
    url = settings.mongo_url.get_secret_value()
    client = mongo.connect(url, name="auth", seconds=settings.database_seconds)
    db = mongo.database(client)
    master = Fernet(settings.master_key.get_secret_value())
    cipher = SecretCipher([key.get_secret_value() for key in settings.sealing_keys])
    passwords = Passwords(threads=settings.password_hashing_threads)
    keyring = Keyring(master, lead=settings.signing_key_lead)
    answers = Answers(keyring, settings)
    sessions = Sessions(
        db,
        lifetime=timedelta(seconds=settings.refresh_token_seconds),
        grace=timedelta(seconds=settings.refresh_grace_seconds),
    )
    second_factors = SecondFactors(db, passwords, master)
    forgotten = ForgottenPasswords(cipher)
    invitations = Invitations(db, passwords, cipher)

    async def on_prepared() -> None:
        await Organisation.ensure_default()
        await keyring.load()

    return Service(
        name="auth",
        settings=settings,
        client=client,
        db=db,
        documents=[Organisation, User, Session, Invitation, SigningKey, FailedLogin, Challenge, ResetRequest],
        identity=OwnIdentity(keyring),
        routers=[
            account_routes(Accounts(db, passwords, cipher), forgotten, sessions, answers),
            log_in_routes(LogIns(passwords, sessions, second_factors), answers),
            session_routes(sessions, answers),
            mfa_routes(second_factors),
            invitation_routes(invitations, sessions, answers),
            user_routes(People(db)),
            organisation_routes(Organisations(db, invitations)),
            key_routes(keyring),
        ],
        api_loops=[keyring],
        worker_loops=[rotation(settings), forgotten],
        on_prepared=on_prepared,
    )
