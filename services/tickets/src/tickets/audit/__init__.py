"""Who did what, when and from where: a trail of the facts of all services."""
