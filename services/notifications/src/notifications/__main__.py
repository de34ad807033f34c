"""`python -m notifications …`: runs and administers the service."""

from common.command_line import main
from notifications.app import build
from notifications.settings import NotificationsSettings

if __name__ == "__main__":
    main("notifications", lambda _role: build(NotificationsSettings()))
