"""How much there was to do, how much was done, and how fast."""
