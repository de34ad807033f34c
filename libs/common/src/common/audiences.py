"""Who can be notified of an event, and where. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class Audience(StrEnum):
    """A person's relation to the event. Where several apply, the first one here decides which text they read."""

    SELF = "self"
    """The person the event is about."""
    MENTIONED = "mentioned"
    FORMER_ASSIGNEE = "former_assignee"
    ASSIGNEE = "assignee"
    REQUESTER = "requester"
    UNASSIGNED_QUEUE = "unassigned_queue"
    """Every agent and admin, while the ticket has no assignee."""
    ADMINS = "admins"
    STAFF = "staff"
    """Every agent and admin."""


class Scope(StrEnum):
    """Which tickets a preference is for. Notifications about the account are `mine` too."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"


_SCOPES: Mapping[str, Scope] = {
    Audience.UNASSIGNED_QUEUE: Scope.UNASSIGNED,
    Audience.ADMINS: Scope.ALL,
    Audience.STAFF: Scope.ALL,
}


def scope_of(audience: str) -> Scope:
    """The scope of the preference that applies to an audience."""
    return _SCOPES.get(audience, Scope.MINE)


class Channel(StrEnum):
    """Where a person is notified."""

    IN_APP = "in_app"
    EMAIL = "email"


Channels = frozenset[Channel]

IN_APP: Channels = frozenset({Channel.IN_APP})
EMAIL: Channels = frozenset({Channel.EMAIL})
BOTH = IN_APP | EMAIL
NOWHERE: Channels = frozenset()
"""Only those are notified who chose it, or whose organisation did."""

ON_REQUEST = {Audience.UNASSIGNED_QUEUE: NOWHERE, Audience.STAFF: NOWHERE}
ONLOOKERS = frozenset({Audience.UNASSIGNED_QUEUE, Audience.ADMINS, Audience.STAFF})
"""Audiences of people who are not involved in the ticket themselves."""
