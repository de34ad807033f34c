"""NOTHING IS LOST: a document carries the events it caused until they are logged and published."""

from common.outbox.aggregate import Aggregate, attempt_until_won
from common.outbox.event_log import EventLog, Slice
from common.outbox.relay import Relay

__all__ = ["Aggregate", "EventLog", "Relay", "Slice", "attempt_until_won"]
