"""What a handler returns for an event. No event is acknowledged and forgotten.

    ACK              the effect is saved, now or on an earlier delivery
    Retry(reason)    not yet: something it needs has not arrived; tried again with growing delays, then a dead letter
    Reject(reason)   never: the event becomes a dead letter at once

A handler that raises means Retry. A handler that cannot reach its database is tried again without limit: an outage
says nothing about the event.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ack:
    pass


@dataclass(frozen=True)
class Retry:
    """The router fills in `handler`, the name of the handler that returned it."""

    reason: str
    handler: str = "none"


@dataclass(frozen=True)
class Reject:
    """The router fills in `handler`, the name of the handler that returned it."""

    reason: str
    handler: str = "none"


ACK = Ack()
HandlerResult = Ack | Retry | Reject
