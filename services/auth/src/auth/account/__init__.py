"""What people do with their own accounts: sign up, change what is known of them, prove an address, set a password."""
