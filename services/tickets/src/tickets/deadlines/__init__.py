"""What becomes of tickets by itself when nobody looks after them in time."""
