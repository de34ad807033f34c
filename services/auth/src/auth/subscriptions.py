"""The events that auth subscribes to, with their handlers."""

from common.messaging.router import Subscriptions, merge_subscriptions
from common.suppressed_addresses import SuppressedAddresses


def subscriptions(suppressed: SuppressedAddresses) -> Subscriptions:
    """Event type -> handler."""
    return merge_subscriptions(suppressed.subscriptions)
