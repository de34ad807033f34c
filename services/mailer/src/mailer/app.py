"""Composition root: the one place that names mailer's concrete parts and wires them."""

import asyncio

from common import mongo
from common.lifecycle import Service
from common.rate_limits import RateLimiter
from common.sealed import SecretCipher
from common.token_trust import TokenTrustStore
from common.token_verifier import TokenIdentity
from mailer.delivery.dkim import DkimSigner, key_from_pem
from mailer.delivery.domains import DomainLimits
from mailer.delivery.sender import Sender
from mailer.delivery.smtp import SmtpServer
from mailer.mail.commands import Queue
from mailer.mail.document import Mail
from mailer.mail.routes import routes as mail_routes
from mailer.rendering.message import ReplyAddresses, Writer
from mailer.rendering.render import Renderer
from mailer.settings import MailerSettings
from mailer.subscriptions import subscriptions
from mailer.suppression.document import Suppression
from mailer.suppression.routes import router as suppression_router


def build(settings: MailerSettings) -> Service:
    """mailer, ready to be run."""
    url = settings.mongo_url.get_secret_value()
    client = mongo.connect(url, name="mailer", seconds=settings.database_seconds)
    db = mongo.database(client)
    trust = TokenTrustStore(db)
    woken = asyncio.Event()
    limits = DomainLimits(
        RateLimiter(db, enforced=True), mails=settings.mails_per_domain, seconds=settings.mails_per_domain_seconds
    )
    sender = Sender(settings, SmtpServer(settings), _writer(settings), limits, woken)
    queue = Queue(settings.sender.domain, sender, woken)
    return Service(
        name="mailer",
        settings=settings,
        client=client,
        db=db,
        documents=[Mail, Suppression],
        identity=TokenIdentity(trust),
        routers=[mail_routes(queue), suppression_router],
        subscriptions=subscriptions(queue, trust),
        api_loops=[trust],
        api_probes={"keys": trust.probe},
        worker_loops=[sender],
    )


def _writer(settings: MailerSettings) -> Writer:
    return Writer(
        Renderer(),
        settings.sender,
        settings.public_url,
        SecretCipher([key.get_secret_value() for key in settings.sealing_keys]),
        replies=_replies(settings),
        signer=_signer(settings),
    )


def _replies(settings: MailerSettings) -> ReplyAddresses | None:
    if settings.mail_reply_domain is None:
        return None
    keys = [key.get_secret_value().encode() for key in settings.mail_reply_keys]
    return ReplyAddresses(settings.mail_reply_domain, keys)


def _signer(settings: MailerSettings) -> DkimSigner | None:
    """Raises ValueError, OSError: a service that is to sign and can not does not start."""
    if settings.dkim_key_file is None:
        return None
    return DkimSigner(settings.sender.domain, settings.dkim_selector, key_from_pem(settings.dkim_key_file.read_bytes()))
