"""Organisations, users, sessions, and the keys that sign access tokens."""
