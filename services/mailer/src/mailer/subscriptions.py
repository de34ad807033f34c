"""What mailer does about what it hears."""

from common.events.auth import SessionEnded, SessionRevoked, SigningKeyPublished
from common.events.notifications import EmailRequested
from common.messaging.router import Subscriptions
from common.trust import Trust
from mailer.mail.commands import Queue


def subscriptions(queue: Queue, trust: Trust) -> Subscriptions:
    """Event type -> handler."""
    return {
        SigningKeyPublished: trust.learn_key,
        SessionEnded: trust.end_session,
        SessionRevoked: trust.end_session,
        EmailRequested: queue.requested,
    }
