"""The pure part of authentication: decisions and values without input or output, below all features."""
