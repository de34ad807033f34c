"""The events that notifications subscribes to, with their handlers."""

from common.events.auth import UserDeactivated, UserReactivated, UserRegistered, UserUpdated
from common.messaging.router import Subscriptions, merge_subscriptions
from common.suppressed_addresses import SuppressedAddresses
from common.token_trust import TokenTrustStore
from notifications.intents import INTENTS
from notifications.notification.dispatcher import NotificationDispatcher
from notifications.person.commands import copy_person


def subscriptions(
    dispatcher: NotificationDispatcher, suppressed: SuppressedAddresses, trust: TokenTrustStore
) -> Subscriptions:
    """Event type -> handler."""
    return merge_subscriptions(
        trust.subscriptions,
        dict.fromkeys((UserRegistered, UserUpdated, UserDeactivated, UserReactivated), copy_person),
        suppressed.subscriptions,
        dict.fromkeys(INTENTS, dispatcher.handle),
    )
