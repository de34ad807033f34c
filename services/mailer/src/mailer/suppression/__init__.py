"""Addresses that nothing is sent to: those that complained, or do not exist."""
