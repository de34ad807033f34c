"""The command line: `python -m tickets …`."""

from common.command_line import Arguments, Command, main
from common.lifecycle import Service
from tickets.app import build
from tickets.deadlines.deadline import DEADLINES
from tickets.deadlines.sweeper import Sweeper
from tickets.deadlines.waits import rebuild_waits
from tickets.settings import TicketsSettings


async def _sweep(service: Service, _arguments: Arguments) -> None:
    async with service.prepared():
        for deadline in DEADLINES:
            print(f"{deadline.name}: {await Sweeper(service.db, deadline).sweep()} tickets")


async def _rebuild_waits(service: Service, _arguments: Arguments) -> None:
    async with service.prepared():
        print(f"{await rebuild_waits(service.db)} tickets changed")


COMMANDS = {
    "sweep": Command("Apply the deadlines now: escalate tickets, close resolved ones.", _sweep),
    "rebuild-waits": Command("Derive from the event log how long tickets have waited.", _rebuild_waits),
}

if __name__ == "__main__":
    main("tickets", lambda _role: build(TicketsSettings()), COMMANDS)
