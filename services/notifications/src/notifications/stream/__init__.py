"""The live stream of a person's notifications, as server-sent events."""
