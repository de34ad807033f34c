"""A ticket, from asked to closed."""
