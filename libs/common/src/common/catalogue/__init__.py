"""Documents of the events: golden JSON Schemas, docs/events.md and docs/asyncapi.yaml.

`python -m common.catalogue --write` generates them from the event classes and the table of services.
"""

from collections.abc import Mapping
from pathlib import Path

from common.catalogue import asyncapi, golden, reference
from common.events import EVENTS, Event
from common.messaging.topology import SUBSCRIPTIONS

ROOT = Path(__file__).parents[5]
"""The checkout that contains this file."""

WRITE = "python -m common.catalogue --write"


def documents(events: Mapping[str, type[Event]] = EVENTS, root: Path = ROOT) -> dict[Path, str]:
    """Path -> text of every generated file."""
    return {
        **{golden.path_of(name, root): golden.text_of(event) for name, event in events.items()},
        root / "docs" / "events.md": reference.text(events, SUBSCRIPTIONS),
        root / "docs" / "asyncapi.yaml": asyncapi.text(events, SUBSCRIPTIONS),
    }


def drifted(events: Mapping[str, type[Event]] = EVENTS, root: Path = ROOT) -> list[str]:
    """A sentence for each generated file that does not match the code."""
    return [
        f"{path.relative_to(root)} does not match the event classes: run `{WRITE}` and commit it."
        for path in _outdated(events, root)
    ]


def write(events: Mapping[str, type[Event]] = EVENTS, root: Path = ROOT) -> list[Path]:
    """Writes the files that drifted and returns their paths. Writes none and raises golden.Incompatible where an event
    class breaks its golden schema."""
    if refusals := golden.refusals(events, root):
        raise golden.Incompatible("\n".join(refusals))
    outdated = _outdated(events, root)
    for path, text in outdated.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(outdated)


def _outdated(events: Mapping[str, type[Event]], root: Path) -> dict[Path, str]:
    return {
        path: text
        for path, text in documents(events, root).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    }
