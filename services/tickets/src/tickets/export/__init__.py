"""Tickets as CSV."""
