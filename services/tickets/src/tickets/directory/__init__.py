"""Directory: who can be named on a ticket, as its requester or as its assignee."""
