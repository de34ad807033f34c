"""The golden schemas: what each version of each event promised when it was last committed."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from common.events import Event
from common.events.compatibility import breaks
from common.messaging.wire import schema_uri

FOLDER = Path("libs/common/src/common/events/schemas")


class Incompatible(Exception):
    """The code breaks a promise. The text is one sentence for each break."""


def schema_of(event: type[Event]) -> dict[str, Any]:
    """JSON Schema (2020-12) of the event's data, as its readers take it: a field with a default may be absent."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_uri(event.versioned_type()),
        **event.model_json_schema(),
    }


def text_of(event: type[Event]) -> str:
    """As it is committed."""
    return json.dumps(schema_of(event), indent=2, ensure_ascii=False) + "\n"


def path_of(versioned_type: str, root: Path) -> Path:
    """Where it is committed."""
    return root / FOLDER / f"{versioned_type}.json"


def refusals(events: Mapping[str, type[Event]], root: Path) -> list[str]:
    """A sentence for each promise that the event classes no longer keep."""
    return [*_broken(events, root), *_orphans(events, root)]


def _broken(events: Mapping[str, type[Event]], root: Path) -> Iterator[str]:
    for name, event in events.items():
        path = path_of(name, root)
        if path.exists():
            before = json.loads(path.read_text(encoding="utf-8"))
            yield from (each.sentence(event) for each in breaks(before, schema_of(event)))


def _orphans(events: Mapping[str, type[Event]], root: Path) -> Iterator[str]:
    for path in sorted((root / FOLDER).glob("*.json")):
        if path.stem not in events:
            yield (
                f"{path.stem}: the event has a golden schema and no class: put the class back, or, once no reader is"
                f" deployed and no log holds one, delete {FOLDER / path.name}."
            )
