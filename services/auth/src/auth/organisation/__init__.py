"""Support desks of their own, each with its people and settings."""
