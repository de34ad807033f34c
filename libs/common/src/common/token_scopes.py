"""What an access token is good for: the claim `scope`. What its holder may do is further limited by their role."""

EVERYTHING = ""
"""All that the role may do."""

MFA_SETUP = "mfa_setup"
"""Setting up a second factor, and nothing else: the organisation requires one, and the holder has none yet."""
