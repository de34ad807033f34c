"""What a handler returns for an event. Nothing is ever acknowledged and forgotten.

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
    reason: str


@dataclass(frozen=True)
class Reject:
    reason: str


ACK = Ack()
HandlerResult = Ack | Retry | Reject
