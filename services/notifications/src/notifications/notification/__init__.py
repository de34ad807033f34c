"""A person's notification of one event, and their inbox."""
