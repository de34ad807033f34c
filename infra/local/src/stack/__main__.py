"""The command line: `python -m stack up | down | status | stop | start | restart | kill | drill | …`."""

import argparse
import asyncio
import contextlib
import errno
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from common.services import SERVICES, TRUSTED_PROXIES
from stack import control, paths, processes, web_client
from stack.console import Console
from stack.errors import NotRunning, StackError
from stack.lock import holder, is_held
from stack.options import Options, SmtpServer
from stack.paths import CHECKOUT, Paths
from stack.ports import MAX_REPLICAS

_STOP_SECONDS = 60.0
_PROXY_COUNTS = range(1, 5)
"""What http.conf of NGINX can count, NGINX included."""


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        return int(given.run(given) or 0)
    except StackError as error:
        print(error, file=sys.stderr)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # `status | head` has closed the pipe
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EACCES, errno.EROFS):
            raise
        print(f"{error.strerror}: {error.filename or _data(given)}", file=sys.stderr)
    return 1


def up(given: argparse.Namespace) -> None:
    """Runs the stack until a signal stops it."""
    from stack.up import run  # imported late: the other commands do not need these libraries

    run(_options(given), Console(quiet=given.quiet))


def drill(given: argparse.Namespace) -> None:
    """Fills a separate stack, backs it up, destroys it, restores it, and compares."""
    from stack.drill.run import Drill  # as above

    port = int(os.environ.get("HELPDESK_PORT", "8080")) + 2000
    with tempfile.TemporaryDirectory(prefix="helpdesk-drill-") as empty:
        asyncio.run(Drill(Path(given.data_dir or empty), port, given.tickets).run())


def down(given: argparse.Namespace) -> None:
    """Stops the stack and waits until all processes have exited."""
    where = Paths(_data(given))
    try:
        running = holder(where.lock)
    except NotRunning:
        killed = processes.kill_orphans(where.logs)
        print(f"The stack was not running; killed {killed} processes that it had left." if killed else "Not running.")
        return
    _signal(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while is_held(where.lock):
        if time.monotonic() > deadline:
            _signal(running.pid, signal.SIGKILL)
            processes.kill_orphans(where.logs)
        time.sleep(0.05)
    print("Stopped.")


def status(given: argparse.Namespace) -> None:
    """Prints every component and its state."""
    running = holder(Paths(_data(given)).lock)
    print(f"{running.url}, supervised by process {running.pid}")
    print(f"{'component':<18}{'state':<12}{'pid':>8}{'port':>8}{'for':>10}{'restarts':>10}")
    for row in control.send_command(running.control, "status"):
        for_seconds = "-" if row["running_for"] is None else f"{row['running_for']:.0f} s"
        print(
            f"{row['name']:<18}{row['state']:<12}{row['pid'] or '-':>8}{row['port']:>8}"
            f"{for_seconds:>10}{row['restarts']:>10}"
        )


def control_component(given: argparse.Namespace) -> None:
    """Sends a command about one component to the supervisor."""
    [row] = control.send_command(holder(Paths(_data(given)).lock).control, given.command, given.name)
    print(f"{row['name']}: {row['state']}")


def openapi(given: argparse.Namespace) -> None:
    """Writes docs/openapi.json unless present clients would break, or raises StackError where it does not match."""
    from stack.openapi import collect, merge, text_of  # as above
    from stack.request_bodies import EXCEPTIONS, refusals

    document = merge(asyncio.run(collect()))
    committed = paths.OPENAPI.read_text() if paths.OPENAPI.exists() else None
    if committed == text_of(document):
        return
    if not given.write:
        raise StackError("docs/openapi.json does not match the services: run `make generate` and commit it.")
    if committed and (refused := refusals(json.loads(committed), document, (CHECKOUT / EXCEPTIONS).read_text())):
        raise StackError("\n".join(refused))
    paths.OPENAPI.write_text(text_of(document))


def tables(given: argparse.Namespace) -> None:
    """Writes the generated tables of docs/architecture.md, or raises StackError where they do not match the code."""
    from stack.tables import with_tables  # as above

    text = paths.ARCHITECTURE.read_text()
    if text == (generated := with_tables(text)):
        return
    if not given.write:
        raise StackError("The tables of docs/architecture.md do not match the code: run `make generate` and commit it.")
    paths.ARCHITECTURE.write_text(generated)


def web(given: argparse.Namespace) -> int:
    """Installs the web client's packages, builds it, or runs one of its scripts."""
    if given.task == "run":
        return web_client.run(given.script, given.arguments)
    where = Paths(_data(given))
    where.prepare()
    do = web_client.install if given.task == "install" else web_client.build
    asyncio.run(do(where.log_file("web")))
    return 0


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has exited
        os.kill(pid, number)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m stack", description="The whole Helpdesk stack on one machine.")
    parser.add_argument("--data-dir", type=Path, help="the data directory (default: HELPDESK_DATA or .data)")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    start = commands.add_parser("up", help="run the stack until Ctrl-C")
    start.add_argument(
        "--smtp", type=_smtp, metavar="HOST:PORT", help="send mail to this server instead of the mail catcher"
    )
    start.add_argument("--replicas", type=_replicas, action="append", default=[], metavar="SERVICE=N")
    start.add_argument(
        "--env", type=_variable, action="append", default=[], metavar="KEY=VALUE", help="for all services"
    )
    start.add_argument("--no-seed", action="store_true", help="create no demo people and tickets")
    start.add_argument("--no-web", action="store_true", help="do not build the web client")
    start.add_argument("--servers-only", action="store_true", help="only MongoDB and NATS, no services, no NGINX")
    start.add_argument("--quiet", action="store_true", help="print only problems")
    start.set_defaults(run=up)

    loss = commands.add_parser("drill", help="destroy a separate stack and restore it from a backup")
    loss.add_argument("--tickets", type=int, default=200, help="number of tickets in that stack")
    loss.set_defaults(run=drill)

    commands.add_parser("down", help="stop the stack").set_defaults(run=down)
    commands.add_parser("status", help="show the components and their state").set_defaults(run=status)
    for name, text in {
        "stop": "stop a component; it stays down until it is started",
        "start": "start a stopped component",
        "restart": "stop and start a component",
        "kill": "send SIGKILL to a component, as a crash; the supervisor restarts it",
    }.items():
        command = commands.add_parser(name, help=text)
        command.add_argument("name", metavar="NAME")
        command.set_defaults(run=control_component)
    client = commands.add_parser("web", help="the web client: install packages, build, run a script")
    client.add_argument("task", choices=["install", "build", "run"])
    client.add_argument(
        "script", nargs="?", default="check", metavar="SCRIPT", help="for `run`: a script of web/package.json"
    )
    client.add_argument("arguments", nargs="*", metavar="ARGUMENT")
    client.set_defaults(run=web)
    document = commands.add_parser("openapi", help="check whether docs/openapi.json matches the services")
    document.add_argument("--write", action="store_true", help="write the file")
    document.set_defaults(run=openapi)
    generated = commands.add_parser("tables", help="check the tables of docs/architecture.md against the code")
    generated.add_argument("--write", action="store_true", help="write them instead")
    generated.set_defaults(run=tables)
    for command in commands.choices.values():
        # Accepted after the command as well. Absent there, the option before the command counts.
        command.add_argument("--data-dir", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def _options(given: argparse.Namespace) -> Options:
    port = os.environ.get("HELPDESK_PORT", "8080")
    if not port.isdecimal():
        raise StackError(f"HELPDESK_PORT={port} is not a port number.")
    rate_limits = os.environ.get("HELPDESK_RATE_LIMITS", "on")
    if rate_limits not in ("on", "off"):
        raise StackError(f"HELPDESK_RATE_LIMITS={rate_limits} is neither on nor off.")
    proxies = os.environ.get("HELPDESK_TRUSTED_PROXIES", str(TRUSTED_PROXIES))
    if proxies not in map(str, _PROXY_COUNTS):
        raise StackError(f"HELPDESK_TRUSTED_PROXIES={proxies} is not a number from 1 (NGINX alone) to 4.")
    return Options(
        data=_data(given),
        http_port=int(port),
        smtp=given.smtp,
        replicas=dict(given.replicas),
        web=not given.no_web,
        seed=not given.no_seed and not given.servers_only,
        rate_limits=rate_limits,
        trusted_proxies=int(proxies),
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
