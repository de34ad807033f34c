"""One's own notifications as they come, over server-sent events."""
