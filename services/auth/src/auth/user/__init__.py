"""People and how they sign up."""
