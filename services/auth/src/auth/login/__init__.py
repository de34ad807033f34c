"""Logging in: by password, and by a second factor where there is one. Nobody is told who has an account."""
