"""Second factors: one-time codes of an app (TOTP), and recovery codes for users who lost it."""
