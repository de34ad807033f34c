"""From what is to be said to a mail that says it."""
