"""The work itself: tickets, their workflow and their conversations."""
