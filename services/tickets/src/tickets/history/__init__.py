"""The history of a ticket, from the event log."""
