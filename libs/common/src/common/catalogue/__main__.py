"""`python -m common.catalogue --check | --write`: compares the committed schemas and documents with the code."""

import argparse
import sys

from common.catalogue import ROOT, drifted, golden, write
from common.events import EVENTS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m common.catalogue", description=__doc__)
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--check", action="store_true", help="exit 1 with a sentence for each file that drifted")
    action.add_argument("--write", action="store_true", help="write them; an incompatible change is refused")
    arguments = parser.parse_args()
    if arguments.check:
        if problems := golden.refusals(EVENTS, ROOT) or drifted():
            sys.exit("\n".join(problems))
        print("The golden schemas and the documents match the event classes.")
        return
    try:
        written = write()
    except golden.Incompatible as error:
        sys.exit(str(error))
    for path in written:
        print(f"{path.relative_to(ROOT)} written")


if __name__ == "__main__":
    main()
