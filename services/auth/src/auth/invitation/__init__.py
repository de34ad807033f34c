"""Invitations: an admin invites somebody, who accepts with the link of an email."""
