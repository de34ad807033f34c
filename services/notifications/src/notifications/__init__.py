"""Decides who is notified of which events and where, keeps the inboxes, and requests emails."""
