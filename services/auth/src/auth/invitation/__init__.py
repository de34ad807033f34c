"""Invitations: an admin asks somebody to join, who answers by the link in a mail."""
