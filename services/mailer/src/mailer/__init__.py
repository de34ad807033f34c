"""Outgoing email: an outbox of requested emails, sending by SMTP, and the suppression list."""
