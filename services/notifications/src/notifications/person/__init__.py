"""notifications' own copy of people, built from auth's events: whom to tell, how to reach them, and what they chose."""
