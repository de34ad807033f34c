"""Users' own accounts: sign-up, profile, email verification, passwords."""
