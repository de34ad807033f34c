"""From the ledger to the SMTP server, and the answer back into the ledger."""
