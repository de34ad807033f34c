"""Login: by password, and by a second factor where one is enabled. Responses do not reveal who has an account."""
