"""`python -m common.messaging provision`: creates streams and consumers with the provisioner's credentials."""

import argparse
import asyncio
import os
import sys

from nats.errors import Error as NatsError

from common.messaging.broker import Broker
from common.messaging.permissions import PROVISIONER
from common.messaging.provision import provision
from common.telemetry import configure_logging


async def _provision(replicas: int, size_factor: float, wait_seconds: float) -> None:
    broker = Broker(
        os.environ["HELPDESK_NATS_URL"],
        os.environ.get("HELPDESK_NATS_USER", PROVISIONER),
        os.environ["HELPDESK_NATS_PASSWORD"],
        name="provision",
    )
    try:
        await asyncio.wait_for(broker.connect(), wait_seconds)
        await provision(broker.jetstream, replicas=replicas, size_factor=size_factor)
    finally:
        await broker.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m common.messaging")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("provision", help="create and update streams and consumers; safe to repeat")
    command.add_argument("--replicas", type=int, choices=(1, 3, 5), default=1, help="copies of each stream")
    command.add_argument(
        "--size-factor", type=float, default=1, help="multiplies the maximum sizes of streams and messages"
    )
    command.add_argument("--wait", type=float, default=60, help="seconds to wait for NATS")
    arguments = parser.parse_args()
    configure_logging("provision", "info")
    try:
        asyncio.run(_provision(arguments.replicas, arguments.size_factor, arguments.wait))
    except KeyError as error:
        sys.exit(f"set {error.args[0]}")
    except TimeoutError:
        sys.exit(f"NATS did not answer within {arguments.wait:g} s")
    except NatsError as error:
        sys.exit(f"NATS refused: {type(error).__name__} {error}")


if __name__ == "__main__":
    main()
