"""Composition root: the one place that names notifications' concrete parts and wires them."""

from common import mongo
from common.http.identity import TrustedIdentity
from common.lifecycle import Service
from common.settings import Settings
from common.trust import Trust
from notifications import people
from notifications.notification.commands import Tell
from notifications.notification.document import Notification
from notifications.notification.routes import router
from notifications.people import People
from notifications.subscriptions import subscriptions


def build(settings: Settings) -> Service:
    """notifications, ready to be run."""
    url = settings.mongo_url.get_secret_value()
    client = mongo.connect(url, name="notifications", seconds=settings.database_seconds)
    db = mongo.database(client)
    trust = Trust(db)
    return Service(
        name="notifications",
        settings=settings,
        client=client,
        db=db,
        documents=[Notification],
        identity=TrustedIdentity(trust),
        routers=[router],
        subscriptions=subscriptions(Tell(People(db)), trust),
        api_loops=[trust],
        api_probes={"keys": trust.probe},
        indexes={people.COLLECTION: people.INDEXES},
    )
