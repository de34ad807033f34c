"""The directory of people who can be a requester or an assignee."""
