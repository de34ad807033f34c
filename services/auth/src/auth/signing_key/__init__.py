"""The keys that sign access tokens."""
