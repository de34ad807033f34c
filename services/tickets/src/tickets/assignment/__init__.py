"""Assignment of tickets to agents."""
