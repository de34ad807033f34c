"""The outbox: one entry for each requested email, with its outcome."""
