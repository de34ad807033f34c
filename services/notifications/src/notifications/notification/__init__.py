"""One notification for one person about one event."""
