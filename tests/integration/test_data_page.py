"""docs/security/data.md says of every collection how long its documents are kept."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from common.mongo import Database
from common.services import SERVICES
from tests.support.eventually import eventually
from tests.support.services import Installation

PAGE = (Path(__file__).parents[2] / "docs/security/data.md").read_text()
ROW = re.compile(r"^\| (\w+) \| (`[^|]+`) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def described(service: str) -> dict[str, str]:
    """Collection -> how long it is kept."""
    return {
        collection: kept
        for owner, collections, kept in ROW.findall(PAGE)
        if owner in (service, "each")
        for collection in re.findall(r"`(.+?)`", collections)
    }


async def periods_of(db: Database) -> dict[str, int | None]:
    """Collection -> the seconds after which MongoDB deletes a document, from a time that is in it."""
    return {
        name: next(
            (
                index["expireAfterSeconds"]
                for index in (await db[name].index_information()).values()
                if "expireAfterSeconds" in index
            ),
            None,
        )
        for name in await db.list_collection_names(filter={"name": {"$not": {"$regex": "^system"}}})
    }


def contradictions(kept: dict[str, str], periods: dict[str, int | None]) -> Iterator[tuple[str, str, int | None]]:
    for name, seconds in periods.items():
        match seconds:
            case None:
                agrees = not re.match(r"\d", kept[name])
            case 0:
                agrees = kept[name].startswith("until")
            case _:
                agrees = words_for(timedelta(seconds=seconds)) in kept[name]
        if not agrees:
            yield name, kept[name], seconds


def words_for(period: timedelta) -> str:
    if period < timedelta(days=1):
        return f"{period // timedelta(hours=1)} hour"
    return "1 day" if period == timedelta(days=1) else f"{period.days} days"


@pytest.mark.parametrize("service", SERVICES)
async def test_the_page_lists_every_collection_of_a_service_and_how_long_it_is_kept(
    service: str, installation: Installation
) -> None:
    async with installation.run(service) as running:
        await eventually(running.is_prepared)
        periods = await periods_of(running.db)

    kept = described(service)
    assert kept.keys() == periods.keys()
    assert list(contradictions(kept, periods)) == []
