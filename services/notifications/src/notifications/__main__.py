"""`python -m notifications …`: serve, and look after the service from the command line."""

from common.command_line import main
from common.settings import Settings
from notifications.app import build

if __name__ == "__main__":
    main("notifications", lambda: build(Settings()))
