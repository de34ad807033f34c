"""Composition root: the one place that names mailer's concrete parts and wires them."""

import asyncio

from common import mongo
from common.http.identity import TrustedIdentity
from common.lifecycle import Service
from common.trust import Trust
from mailer.delivery.sender import Sender
from mailer.delivery.smtp import SmtpServer
from mailer.mail.commands import Queue
from mailer.mail.document import Mail
from mailer.rendering.render import Renderer
from mailer.settings import MailerSettings
from mailer.subscriptions import subscriptions


def build(settings: MailerSettings) -> Service:
    """mailer, ready to be run."""
    url = settings.mongo_url.get_secret_value()
    client = mongo.connect(url, name="mailer", seconds=settings.database_seconds)
    db = mongo.database(client)
    trust = Trust(db)
    queued = asyncio.Event()
    return Service(
        name="mailer",
        settings=settings,
        client=client,
        db=db,
        documents=[Mail],
        identity=TrustedIdentity(trust),
        subscriptions=subscriptions(Queue(settings.sender.domain, queued), trust),
        api_loops=[trust],
        api_probes={"keys": trust.probe},
        worker_loops=[Sender(settings, SmtpServer(settings), Renderer(), queued)],
    )
