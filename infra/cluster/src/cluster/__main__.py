"""`python -m cluster …`: write what is generated; check all that a cluster is given."""

import argparse
import sys

from cluster import generated
from cluster.checks import check
from stack.places import CHECKOUT


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cluster")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    commands.add_parser("generate", help="write the files of infra/k8s that follow from the code")
    commands.add_parser("check", help="build every overlay and combination, and hold each against schemas and policy")
    arguments = parser.parse_args()
    if arguments.command == "generate":
        generated.write()
        return
    for path in generated.stale():
        sys.exit(f"{path.relative_to(CHECKOUT)} is not what the code says: run `make generate`")
    problems = check()
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
