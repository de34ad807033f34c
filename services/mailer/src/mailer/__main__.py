"""`python -m mailer …`: serve, and look after the service from the command line."""

from common.command_line import main
from mailer.app import build
from mailer.settings import MailerSettings

if __name__ == "__main__":
    main("mailer", lambda: build(MailerSettings()))
