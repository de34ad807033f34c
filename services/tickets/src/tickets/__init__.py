"""Tickets, their conversations, reports, and the audit trail of all services."""
