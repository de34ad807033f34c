"""Notification preferences of people, and their defaults per organisation."""
