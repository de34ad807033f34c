"""From the outbox to the SMTP server, and its answer back into the outbox."""
