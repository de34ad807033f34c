"""What a backup holds, so that one can tell whether it does: counts and SHA-256 of everything, and its time."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime

from backup.archive import Broken

FORMAT = 1


@dataclass
class Content:
    """Of one collection, or of one stream: how many there are, and the hash of all of them, one after the other."""

    count: int
    sha256: str
    options: str = ""
    """Of a collection, as MongoDB lists them, and its indexes under `indexes`; extended JSON."""


@dataclass
class Manifest:
    """`databases`: database -> collection -> content. `unheard_since`: see streams.py."""

    taken_at: datetime
    cluster_time: list[int]
    """Seconds and increment: the moment of MongoDB's clock that all collections are of."""
    unheard_since: datetime
    databases: dict[str, dict[str, Content]] = field(default_factory=dict)
    streams: dict[str, Content] = field(default_factory=dict)

    @property
    def documents(self) -> int:
        return sum(content.count for each in self.databases.values() for content in each.values())

    def to_json(self) -> bytes:
        """Sorted and indented: it may be read by a person."""
        return json.dumps({"format": FORMAT, **asdict(self)}, default=_text, indent=2, sort_keys=True).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "Manifest":
        """Raises Broken for one that is not ours or is of a later format."""
        try:
            read = json.loads(text)
            if read.pop("format") != FORMAT:
                raise Broken("the backup was made by a later version")
            databases = {
                name: {collection: Content(**content) for collection, content in each.items()}
                for name, each in read.pop("databases").items()
            }
            streams = {name: Content(**content) for name, content in read.pop("streams").items()}
            taken_at, unheard_since = (datetime.fromisoformat(read[name]) for name in ("taken_at", "unheard_since"))
            return cls(taken_at, read["cluster_time"], unheard_since, databases, streams)
        except (KeyError, TypeError, ValueError) as error:
            raise Broken(f"the manifest can not be read: {error}") from None


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
