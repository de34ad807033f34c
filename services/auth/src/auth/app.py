"""The composition root of auth."""

import base64

from cryptography.fernet import Fernet

from auth.account.commands import Accounts
from auth.account.password_reset_requests import PasswordResetQueue, PasswordResetRequest
from auth.account.routes import routes as account_routes
from auth.contact.routes import routes as contact_routes
from auth.cookies import AuthCookie
from auth.invitation.commands import Invitations
from auth.invitation.document import Invitation
from auth.invitation.routes import routes as invitation_routes
from auth.invitation_acceptance.commands import InvitationAcceptances
from auth.invitation_acceptance.routes import routes as acceptance_routes
from auth.known_devices import KnownDevices
from auth.login.commands import Logins
from auth.login.document import FailedLogin, MfaChallenge
from auth.login.routes import routes as login_routes
from auth.login.throttle import LoginThrottle
from auth.mfa.commands import SecondFactors
from auth.mfa.routes import routes as mfa_routes
from auth.organisation.document import Organisation
from auth.organisation_admin.commands import Organisations
from auth.organisation_admin.routes import routes as organisation_routes
from auth.passwords import Passwords
from auth.reauthentication.commands import Reauthentications
from auth.reauthentication.routes import routes as reauthentication_routes
from auth.security_history.routes import routes as security_history_routes
from auth.session.commands import Sessions
from auth.session.document import Session
from auth.session.identity import DatabaseIdentity
from auth.session.routes import routes as session_routes
from auth.session.token_responder import TokenResponder
from auth.settings import AuthSettings
from auth.signing_key.document import SigningKey
from auth.signing_key.keyring import Keyring
from auth.signing_key.rotator import KeyRotator
from auth.signing_key.routes import routes as key_routes
from auth.subscriptions import subscriptions
from auth.user.document import User
from auth.user_admin.routes import routes as user_routes
from common import mongo, suppressed_addresses
from common.lifecycle import Service
from common.rate_limits import RateLimiter
from common.secret_links import LinkEncryptor
from common.suppressed_addresses import SuppressedAddresses


def key_rotator(settings: AuthSettings) -> KeyRotator:
    master = Fernet(settings.master_key.get_secret_value())
    return KeyRotator(master, lead=settings.signing_key_lead, max_age=settings.signing_key_max_age)


def build(settings: AuthSettings) -> Service:
    db = mongo.connect_database(settings, "auth")
    master = Fernet(settings.master_key.get_secret_value())
    encryptor = LinkEncryptor(settings.link_public_key.get_secret_value())
    passwords = Passwords(
        cores=settings.password_hashing_cores,
        processes=settings.password_hashing_processes,
        wait_seconds=settings.password_hashing_wait_seconds,
    )
    keyring = Keyring(master, lead=settings.signing_key_lead)
    refresh_cookie = AuthCookie("helpdesk_refresh", secure=settings.secure_cookies)
    storage_secret = base64.urlsafe_b64decode(settings.master_key.get_secret_value())
    responder = TokenResponder(keyring, refresh_cookie, storage_secret)
    sessions = Sessions(db, settings.session_limits)
    second_factors = SecondFactors(master)
    throttle = LoginThrottle(RateLimiter(db, enforced=settings.rate_limits))
    devices = KnownDevices(settings.master_key, AuthCookie("helpdesk_device", secure=settings.secure_cookies))
    reset_queue = PasswordResetQueue(encryptor)
    suppressed = SuppressedAddresses(db)
    invitations = Invitations(db, encryptor, suppressed)

    async def on_prepared() -> None:
        await Organisation.ensure_default()
        await keyring.load()

    return Service(
        name="auth",
        settings=settings,
        db=db,
        documents=[
            Organisation,
            User,
            Session,
            Invitation,
            SigningKey,
            FailedLogin,
            MfaChallenge,
            PasswordResetRequest,
        ],
        identity=DatabaseIdentity(keyring),
        routers=[
            account_routes(Accounts(passwords, encryptor), reset_queue, sessions, throttle, devices, responder),
            login_routes(Logins(passwords, sessions, second_factors, throttle, devices), devices, responder),
            session_routes(sessions, responder),
            mfa_routes(second_factors, devices),
            reauthentication_routes(Reauthentications(passwords, second_factors)),
            invitation_routes(invitations),
            acceptance_routes(InvitationAcceptances(passwords), sessions, devices, responder),
            security_history_routes(db),
            contact_routes(suppressed),
            user_routes(throttle, suppressed),
            organisation_routes(Organisations(db, invitations)),
            key_routes(keyring),
        ],
        subscriptions=subscriptions(suppressed),
        api_loops=[keyring],
        worker_loops=[key_rotator(settings), reset_queue],
        on_prepared=on_prepared,
        indexes={suppressed_addresses.COLLECTION: suppressed_addresses.INDEXES},
    )
