"""Tickets: create, edit, status, delete, restore."""
