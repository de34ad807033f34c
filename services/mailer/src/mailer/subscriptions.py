"""What mailer does about what it hears."""

from common.events.notifications import EmailRequested
from common.messaging.router import Subscriptions, merge_subscriptions
from common.token_trust import TokenTrustStore
from mailer.mail.commands import Queue


def subscriptions(queue: Queue, trust: TokenTrustStore) -> Subscriptions:
    """Event type -> handler."""
    return merge_subscriptions(
        trust.subscriptions,
        {
            EmailRequested: queue.requested,
        },
    )
