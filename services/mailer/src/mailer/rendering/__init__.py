"""From an entry of the outbox to the message that is sent."""
