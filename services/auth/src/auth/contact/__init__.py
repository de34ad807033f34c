"""Contacts: people for whom staff open tickets, and who have no password yet."""
