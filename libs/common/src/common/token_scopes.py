"""The `scope` claim of access tokens. The role of the holder limits it further."""

EVERYTHING = ""
"""Everything the role allows."""

MFA_SETUP = "mfa_setup"
"""Only setting up a second factor: the organisation requires one and the holder has none yet."""
