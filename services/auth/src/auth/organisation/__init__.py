"""Organisations as stored: the tenants of an installation and their settings."""
