"""HOW IT TRAVELS: streams and consumers as data, publishing, handling, and what becomes of what can not be handled."""
