"""Deadlines: escalation of tickets that wait for the desk, closing of resolved ones."""
