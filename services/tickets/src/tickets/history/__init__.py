"""What happened to a ticket, when, and by whom."""
