"""NOTHING IS LOST: a document carries the events it caused until they are logged and published."""

from common.outbox.aggregate import Aggregate, retry_on_conflict
from common.outbox.event_log import EventLog, EventSelection
from common.outbox.relay import Relay
