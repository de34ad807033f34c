"""The conversation of a ticket: public replies and internal notes."""
