"""The link in a mail that stops mails like it, without logging in."""
