"""What a handler can say of an event. Three words, and nothing is ever acknowledged and forgotten.

    DONE                 its effect is saved
    RetryLater(reason)   not yet: what it needs is not here; tried again after growing delays, and not for ever
    Reject(reason)       never: it goes to the dead letters at once

A handler that raises means RetryLater; one that can not reach its database is tried again without limit, since that
says nothing about the event.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """Its effect is saved, now or on an earlier delivery."""


@dataclass(frozen=True)
class RetryLater:
    reason: str


@dataclass(frozen=True)
class Reject:
    reason: str


DONE = Done()
Verdict = Done | RetryLater | Reject
