"""Login sessions: access tokens, rotating refresh tokens, logout."""
