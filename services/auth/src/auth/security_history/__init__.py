"""The security history: what changed in how an account is protected."""
