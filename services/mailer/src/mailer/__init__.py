"""Outgoing email: an outbox of requested emails, their delivery by SMTP, and the suppression list."""
