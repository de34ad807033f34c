"""Composition root: the only module that names mailer's concrete parts and wires them."""

import asyncio
from dataclasses import replace

from common import mongo
from common.database_clock import DatabaseClock
from common.lifecycle import Service
from common.rate_limits import RateLimiter
from common.secret_links import LinkDecryptor
from common.settings import Settings
from common.token_trust import TokenTrustStore
from common.token_verifier import TokenIdentity
from mailer import opt_outs
from mailer.dkim import DkimSigner, key_from_pem
from mailer.mail.document import Mail
from mailer.mail.routes import routes as mail_routes
from mailer.opt_outs import OptOuts
from mailer.rendering.message import MessageBuilder, ReplyAddresses
from mailer.rendering.render import Renderer
from mailer.sending import server_status
from mailer.sending.attempt import AttemptRunner
from mailer.sending.domain_throttle import DomainThrottle
from mailer.sending.requests import MailRequestHandler
from mailer.sending.routes import routes as server_routes
from mailer.sending.sender import MailSender
from mailer.sending.server_status import ServerStatus
from mailer.sending.smtp import SmtpServer
from mailer.sending.ticket_throttle import TicketThrottle
from mailer.settings import MailerSettings
from mailer.subscriptions import subscriptions
from mailer.suppression.document import Suppression
from mailer.suppression.routes import router as suppression_router


def build(settings: Settings) -> Service:
    """The service, ready to run. It sends mails if it is given MailerSettings; else it serves the API alone."""
    db = mongo.connect_database(settings, "mailer")
    trust = TokenTrustStore(db)
    mail_due, clock = asyncio.Event(), DatabaseClock(db)
    api = Service(
        name="mailer",
        settings=settings,
        db=db,
        documents=[Mail, Suppression],
        identity=TokenIdentity(trust),
        routers=[mail_routes(mail_due, clock), server_routes(db), suppression_router],
        api_loops=[trust],
        api_probes={"keys": trust.probe},
        indexes={server_status.COLLECTION: [], **opt_outs.INDEXES},
    )
    if not isinstance(settings, MailerSettings):
        return api
    limiter = RateLimiter(db, enforced=True)
    throttle = DomainThrottle(limiter, mails=settings.mails_per_domain, seconds=settings.mails_per_domain_seconds)
    ticket_throttle = TicketThrottle(limiter, mails=settings.mails_per_ticket)
    decryptor = LinkDecryptor([key.get_secret_value() for key in settings.link_private_keys])
    builder = _builder(settings, decryptor)
    server, status = SmtpServer(settings), ServerStatus(db)
    unsubscribed = OptOuts(db)
    attempts = AttemptRunner(settings, server, builder, unsubscribed, throttle, ticket_throttle, status, clock)
    sender = MailSender(settings, server, attempts, throttle, status, clock, mail_due)
    requests = MailRequestHandler(settings.sender.domain, decryptor, sender, clock, mail_due)
    return replace(api, subscriptions=subscriptions(requests, unsubscribed, trust), worker_loops=[sender])


def _builder(settings: MailerSettings, decryptor: LinkDecryptor) -> MessageBuilder:
    return MessageBuilder(
        Renderer(),
        settings.sender,
        settings.public_url,
        decryptor,
        replies=_replies(settings),
        signer=_signer(settings),
    )


def _replies(settings: MailerSettings) -> ReplyAddresses | None:
    if settings.mail_reply_domain is None:
        return None
    keys = [key.get_secret_value().encode() for key in settings.mail_reply_keys]
    return ReplyAddresses(settings.mail_reply_domain, keys)


def _signer(settings: MailerSettings) -> DkimSigner | None:
    """Raises ValueError, OSError: with an unusable key the service does not start."""
    if settings.dkim_key_file is None:
        return None
    return DkimSigner(settings.sender.domain, settings.dkim_selector, key_from_pem(settings.dkim_key_file.read_bytes()))
