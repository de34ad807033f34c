"""Deadlines: escalation of unresolved tickets, closing of resolved ones."""
