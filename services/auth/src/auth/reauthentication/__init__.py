"""Users confirm their identity in a session that has been open for a while."""
