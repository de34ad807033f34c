"""notifications' local copy of people, built from auth's events, with their preferences."""
