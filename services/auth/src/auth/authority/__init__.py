"""Ends what depends on an account when the account changes."""
