"""`python -m tickets …`: serve, and look after the service from the command line."""

from common.command_line import main
from common.settings import Settings
from tickets.app import build

if __name__ == "__main__":
    main("tickets", lambda: build(Settings()))
