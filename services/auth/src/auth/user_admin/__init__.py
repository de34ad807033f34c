"""Administration of users by the admins of their organisation."""
