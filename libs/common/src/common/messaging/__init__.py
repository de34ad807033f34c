"""HOW IT TRAVELS: streams and consumers as data, publishing, handling, parked events and dead letters."""
