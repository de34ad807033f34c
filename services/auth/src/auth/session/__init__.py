"""Log-ins: access tokens, rotating refresh tokens, log-out."""
