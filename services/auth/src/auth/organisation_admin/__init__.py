"""Administration of organisations: of all by operators, of their own by admins."""
