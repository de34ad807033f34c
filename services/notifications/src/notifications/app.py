"""Composition root: the one place that names notifications' concrete parts and wires them."""

from common import mongo
from common.inbox import Inbox
from common.lifecycle import Service
from common.sealed import SecretCipher
from common.services import SERVICES
from common.token_trust import TokenTrustStore
from common.token_verifier import TokenIdentity
from notifications.notification.commands import Tell
from notifications.notification.document import Notification
from notifications.notification.positions import Positions
from notifications.notification.routes import router as notification_router
from notifications.person.document import Person
from notifications.preferences.document import Defaults
from notifications.preferences.queries import KnownDefaults
from notifications.preferences.routes import routes as preference_routes
from notifications.settings import NotificationsSettings
from notifications.stream.readers import Readers
from notifications.stream.routes import routes as stream_routes
from notifications.subscriptions import subscriptions
from notifications.unsubscribe.links import UnsubscribeLinks
from notifications.unsubscribe.routes import routes as unsubscribe_routes


def build(settings: NotificationsSettings) -> Service:
    """notifications, ready to be run."""
    url = settings.mongo_url.get_secret_value()
    client = mongo.connect(url, name="notifications", seconds=settings.database_seconds)
    db = mongo.database(client)
    trust = TokenTrustStore(db)
    links = UnsubscribeLinks(SecretCipher([key.get_secret_value() for key in settings.unsubscribe_keys]))
    defaults = KnownDefaults()
    readers = Readers(per_person=settings.streams_per_person)
    return Service(
        name="notifications",
        settings=settings,
        client=client,
        db=db,
        documents=[Notification, Person, Defaults],
        identity=TokenIdentity(trust),
        routers=[
            stream_routes(readers, seconds=settings.stream_seconds),
            preference_routes(defaults),
            unsubscribe_routes(links),
            notification_router,
        ],
        subscriptions=subscriptions(Tell(Inbox(db), Positions(), defaults, links), trust),
        api_loops=[trust],
        listeners=dict.fromkeys(SERVICES["notifications"].broadcasts, readers.hear),
        api_probes={"keys": trust.probe},
    )
