"""The command line: `python -m stack up | down | status | stop | start | restart | kill | drill | …`."""

import argparse
import asyncio
import contextlib
import errno
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from common.services import SERVICES
from stack import control, places, processes, routes, web_client
from stack.console import Console
from stack.errors import NotRunning, StackError
from stack.lock import holder, is_held
from stack.nginx import render_routes
from stack.options import Options, SmtpServer
from stack.places import CHECKOUT, Places
from stack.ports import MAX_REPLICAS

_STOPPING_TAKES_AT_MOST = 60.0


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given) or 0)
    except StackError as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `status | head`: nobody reads on
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS):
            raise
        print(f"{error.strerror}: {error.filename or _data(given)}", file=sys.stderr)
    return 1


def up(given: argparse.Namespace) -> None:
    """Run the stack until it is told to stop."""
    from stack.up import run  # the other commands do without the libraries of the parts

    run(_options(given), Console(quiet=given.quiet))


def drill(given: argparse.Namespace) -> None:
    """Fill a stack of its own, back it up, destroy it, restore it, and compare."""
    from stack.drill.run import Drill  # as above

    port = int(os.environ.get("HELPDESK_PORT", "8080")) + 2000
    with tempfile.TemporaryDirectory(prefix="helpdesk-drill-") as empty:
        asyncio.run(Drill(Path(given.data_dir or empty), port, given.tickets).run())


def down(given: argparse.Namespace) -> None:
    """Stop the stack and wait until nothing of it runs; nothing happens if nothing does."""
    where = Places(_data(given))
    try:
        running = holder(where.lock)
    except NotRunning:
        left = processes.kill_left_behind(where.logs)
        print(f"The stack was not running; killed {left} processes it had left behind." if left else "Not running.")
        return
    _signal(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOPPING_TAKES_AT_MOST
    while is_held(where.lock):
        if time.monotonic() > deadline:
            _signal(running.pid, signal.SIGKILL)
            processes.kill_left_behind(where.logs)
        time.sleep(0.05)
    print("Stopped.")


def status(given: argparse.Namespace) -> None:
    """Print what runs."""
    running = holder(Places(_data(given)).lock)
    print(f"{running.url}, supervised by process {running.pid}")
    print(f"{'component':<18}{'state':<12}{'pid':>8}{'port':>8}{'for':>10}{'restarts':>10}")
    for row in control.ask(running.control, "status"):
        for_seconds = "-" if row["running_for"] is None else f"{row['running_for']:.0f} s"
        print(
            f"{row['name']:<18}{row['state']:<12}{row['pid'] or '-':>8}{row['port']:>8}"
            f"{for_seconds:>10}{row['restarts']:>10}"
        )


def tell(given: argparse.Namespace) -> None:
    """Have the supervisor do something with one component."""
    [row] = control.ask(holder(Places(_data(given)).lock).control, given.command, given.name)
    print(f"{row['name']}: {row['state']}")


def print_routes(_: argparse.Namespace) -> None:
    """Print the NGINX locations of the routing table."""
    print(render_routes(routes.read(places.INGRESS)), end="")


def openapi(given: argparse.Namespace) -> None:
    """Write docs/openapi.json, or say that it is not what the services answer."""
    from stack.openapi import collect, merge, text_of  # as above

    text = text_of(merge(asyncio.run(collect())))
    if given.write:
        places.OPENAPI.write_text(text)
    elif not places.OPENAPI.exists() or places.OPENAPI.read_text() != text:
        raise StackError("docs/openapi.json is not what the services answer: run `make generate` and commit it.")


def web(given: argparse.Namespace) -> int:
    """Install the web client's packages, or build it, or run one of its scripts."""
    if given.task == "run":
        return web_client.run(given.script, given.arguments)
    where = Places(_data(given))
    where.prepare()
    do = web_client.install if given.task == "install" else web_client.build
    asyncio.run(do(where.log_of("web")))
    return 0


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # it was faster
        os.kill(pid, number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stack", description="The whole Helpdesk stack on one machine.")
    parser.add_argument("--data-dir", type=Path, help="where everything is kept (default: HELPDESK_DATA or .data)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    start = commands.add_parser("up", help="run the stack until Ctrl-C")
    start.add_argument("--smtp", type=_smtp, metavar="HOST:PORT", help="use this mail server and start no mail catcher")
    start.add_argument("--replicas", type=_replicas, action="append", default=[], metavar="SERVICE=N")
    start.add_argument(
        "--env", type=_variable, action="append", default=[], metavar="KEY=VALUE", help="for all services"
    )
    start.add_argument("--no-seed", action="store_true", help="make no demo people and tickets")
    start.add_argument("--no-web", action="store_true", help="build no web client")
    start.add_argument("--servers-only", action="store_true", help="MongoDB and NATS, no service and no NGINX")
    start.add_argument("--quiet", action="store_true", help="print problems only")
    start.set_defaults(run=up)

    loss = commands.add_parser("drill", help="lose everything on purpose, and get it back from a backup")
    loss.add_argument("--tickets", type=int, default=200, help="how many there are to lose")
    loss.set_defaults(run=drill)

    commands.add_parser("down", help="stop the stack").set_defaults(run=down)
    commands.add_parser("status", help="what runs").set_defaults(run=status)
    for name, text in {
        "stop": "take a component down until it is started again",
        "start": "bring a stopped component up again",
        "restart": "stop and start a component",
        "kill": "SIGKILL a component; the supervisor restarts it as after any crash",
    }.items():
        command = commands.add_parser(name, help=text)
        command.add_argument("name", metavar="NAME")
        command.set_defaults(run=tell)
    commands.add_parser("routes", help="print the NGINX locations of the routing table").set_defaults(run=print_routes)
    client = commands.add_parser("web", help="the web client: install its packages, build it, run one of its scripts")
    client.add_argument("task", choices=["install", "build", "run"])
    client.add_argument("script", nargs="?", default="check", metavar="SCRIPT", help="of web/package.json, for `run`")
    client.add_argument("arguments", nargs="*", metavar="ARGUMENT")
    client.set_defaults(run=web)
    document = commands.add_parser("openapi", help="docs/openapi.json: is it what the services answer?")
    document.add_argument("--write", action="store_true", help="make it so")
    document.set_defaults(run=openapi)
    for command in commands.choices.values():
        # Also after the command, where people write it; absent there, the one before the command counts.
        command.add_argument("--data-dir", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def _options(given: argparse.Namespace) -> Options:
    port = os.environ.get("HELPDESK_PORT", "8080")
    if not port.isdecimal():
        raise StackError(f"HELPDESK_PORT={port} is not a port number.")
    rate_limits = os.environ.get("HELPDESK_RATE_LIMITS", "on")
    if rate_limits not in ("on", "off"):
        raise StackError(f"HELPDESK_RATE_LIMITS={rate_limits} is neither on nor off.")
    return Options(
        data=_data(given),
        door=int(port),
        smtp=given.smtp,
        replicas=dict(given.replicas),
        web=not given.no_web,
        seed=not given.no_seed and not given.servers_only,
        rate_limits=rate_limits,
        otlp_endpoint=os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"),
        environment=dict(given.env),
        servers_only=given.servers_only,
        quiet=given.quiet,
    )


def _data(given: argparse.Namespace) -> Path:
    return Path(given.data_dir or os.environ.get("HELPDESK_DATA") or CHECKOUT / ".data").resolve()


def _smtp(text: str) -> SmtpServer:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is not HOST:PORT")
    return SmtpServer(host, int(port))


def _replicas(text: str) -> tuple[str, int]:
    service, _, count = text.partition("=")
    if service not in SERVICES or not count.isdecimal() or not 1 <= int(count) <= MAX_REPLICAS:
        raise argparse.ArgumentTypeError(f"{text} is not one of {', '.join(SERVICES)} = 1 to {MAX_REPLICAS}")
    return service, int(count)


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text} is not KEY=VALUE")
    return name, value


if __name__ == "__main__":
    sys.exit(main())
