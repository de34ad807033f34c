"""A visitor at the whole stack, in a real Chromium."""
