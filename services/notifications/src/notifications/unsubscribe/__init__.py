"""The unsubscribe link of emails, which needs no login."""
