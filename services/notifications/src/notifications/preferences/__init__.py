"""What a person chooses to be told, and where; and what holds for those of an organisation who did not choose."""
