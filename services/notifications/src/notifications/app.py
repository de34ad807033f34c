"""Composition root: the only module that names notifications' concrete parts and wires them."""

from common import mongo, suppressed_addresses
from common.idempotent_consumer import HandledEvents
from common.lifecycle import Service
from common.messaging.broadcaster import Broadcaster
from common.sealed import SecretCipher
from common.services import SERVICES
from common.suppressed_addresses import SuppressedAddresses
from common.token_trust import TokenTrustStore
from common.token_verifier import TokenIdentity
from notifications.notification.dispatcher import NotificationDispatcher
from notifications.notification.document import Notification
from notifications.notification.inbox_writer import InboxWriter
from notifications.notification.read_all import ReadAll, ReadAllJobs
from notifications.notification.routes import router as notification_router
from notifications.person.document import Person
from notifications.preferences.document import Defaults
from notifications.preferences.queries import DefaultsCache
from notifications.preferences.routes import routes as preference_routes
from notifications.settings import NotificationsSettings
from notifications.stream.registry import StreamRegistry
from notifications.stream.routes import routes as stream_routes
from notifications.subscriptions import subscriptions
from notifications.unsubscribe.links import UnsubscribeLinks
from notifications.unsubscribe.routes import routes as unsubscribe_routes


def build(settings: NotificationsSettings) -> Service:
    """The service, ready to run."""
    db = mongo.connect_database(settings, "notifications")
    trust = TokenTrustStore(db)
    links = UnsubscribeLinks(SecretCipher([key.get_secret_value() for key in settings.unsubscribe_keys]))
    defaults = DefaultsCache()
    suppressed = SuppressedAddresses(db)
    streams = StreamRegistry(per_person=settings.streams_per_person)
    broadcaster = Broadcaster()
    dispatcher = NotificationDispatcher(HandledEvents(db), InboxWriter(broadcaster), defaults, links)
    return Service(
        name="notifications",
        settings=settings,
        db=db,
        documents=[Notification, Person, Defaults, ReadAll],
        identity=TokenIdentity(trust),
        routers=[
            stream_routes(streams, seconds=settings.stream_seconds),
            preference_routes(defaults, suppressed),
            unsubscribe_routes(links),
            notification_router,
        ],
        subscriptions=subscriptions(dispatcher, suppressed, trust),
        indexes={suppressed_addresses.COLLECTION: suppressed_addresses.INDEXES},
        api_loops=[trust],
        worker_loops=[ReadAllJobs()],
        listeners=dict.fromkeys(SERVICES["notifications"].broadcasts, streams.on_broadcast),
        broadcaster=broadcaster,
        api_probes={"keys": trust.probe},
    )
