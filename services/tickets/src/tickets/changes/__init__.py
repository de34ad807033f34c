"""Which tickets changed, in commit order."""
