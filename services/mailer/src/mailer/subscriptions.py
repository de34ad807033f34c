"""What mailer does about what it hears."""

from common.events.notifications import EmailRequested
from common.messaging.router import Subscriptions, merged
from common.trust import Trust
from mailer.mail.commands import Queue


def subscriptions(queue: Queue, trust: Trust) -> Subscriptions:
    """Event type -> handler."""
    return merged(
        trust.subscriptions,
        {
            EmailRequested: queue.requested,
        },
    )
