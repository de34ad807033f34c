"""All tickets in a file, for other programs."""
