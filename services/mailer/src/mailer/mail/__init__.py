"""The ledger: one entry for each mail that was asked for, and what became of it."""
