"""Second factors: one-time codes of an app (TOTP), and recovery codes for when it is lost."""
