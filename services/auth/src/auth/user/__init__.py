"""People: what is kept of each, and what an admin may change."""
