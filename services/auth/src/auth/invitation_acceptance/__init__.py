"""Accepting an invitation: it makes an account, takes over an unverified one, or raises the role of a verified one."""
