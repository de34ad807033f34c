"""The settings of an organisation's desk."""
