"""Offboarding: the tickets of people who can no longer answer them are unassigned."""
