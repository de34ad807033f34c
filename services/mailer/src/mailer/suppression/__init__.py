"""The suppression list: addresses that no email is sent to."""
