"""Who you are: people, their sessions, and the keys that prove them to every other service."""
