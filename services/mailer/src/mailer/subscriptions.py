"""The events that mailer subscribes to, with their handlers."""

from common.events.auth import SecretLinkIssued
from common.events.notifications import EmailRequested, PreferencesUpdated
from common.messaging.router import Subscriptions, merge_subscriptions
from common.token_trust import TokenTrustStore
from mailer.opt_outs import OptOuts
from mailer.sending.requests import MailRequestHandler


def subscriptions(requests: MailRequestHandler, opt_outs: OptOuts, trust: TokenTrustStore) -> Subscriptions:
    """Event type -> handler."""
    return merge_subscriptions(
        trust.subscriptions,
        {EmailRequested: requests.handle, SecretLinkIssued: requests.handle_link, PreferencesUpdated: opt_outs.store},
    )
