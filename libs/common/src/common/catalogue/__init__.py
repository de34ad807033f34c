"""What is said, written down for people and programs: golden JSON Schemas, docs/events.md and docs/asyncapi.yaml.

All of it is made from the event classes and topology.py by `python -m common.catalogue --write`, and committed.
"""

from collections.abc import Mapping
from pathlib import Path

from common.catalogue import asyncapi, golden, reference
from common.events import EVENTS, Event
from common.messaging.topology import SUBSCRIPTIONS

ROOT = Path(__file__).parents[5]
"""The working copy this runs from."""

WRITE = "python -m common.catalogue --write"


def documents(events: Mapping[str, type[Event]] = EVENTS, root: Path = ROOT) -> dict[Path, str]:
    """Every generated file, as it should be now."""
    return {
        **{golden.path_of(name, root): golden.text_of(event) for name, event in events.items()},
        root / "docs" / "events.md": reference.text(events, SUBSCRIPTIONS),
        root / "docs" / "asyncapi.yaml": asyncapi.text(events, SUBSCRIPTIONS),
    }


def drifted(events: Mapping[str, type[Event]] = EVENTS, root: Path = ROOT) -> list[str]:
    """A sentence for each generated file that is not what the code says."""
    return [
        f"{path.relative_to(root)} is not what the event classes say: run `{WRITE}` and commit it."
        for path, text in documents(events, root).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def write(events: Mapping[str, type[Event]] = EVENTS, root: Path = ROOT) -> list[Path]:
    """Writes what drifted; gives what it wrote. Raises golden.Incompatible, and then nothing is written."""
    if refusals := golden.refusals(events, root):
        raise golden.Incompatible("\n".join(refusals))
    written = []
    for path, text in documents(events, root).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written
