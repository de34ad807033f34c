"""`python -m cluster generate | check`: writes the generated files; checks them and the manifests of every overlay."""

import argparse
import sys

from cluster import generated
from cluster.checks import check
from stack.paths import CHECKOUT


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m cluster")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    commands.add_parser("generate", help="write the generated files")
    commands.add_parser("check", help="compare generated files; check every overlay")
    arguments = parser.parse_args()
    if arguments.command == "generate":
        generated.write()
        return
    problems = [f"{path.relative_to(CHECKOUT)} is stale: run `make generate`" for path in generated.stale()]
    problems = problems or check()
    if problems:
        sys.exit("\n".join(problems))


if __name__ == "__main__":
    main()
