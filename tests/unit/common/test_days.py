"""A calendar day has one form: on the wire, in MongoDB and in queries."""

from datetime import UTC, date, datetime

import bson
import pytest
from beanie.odm.utils.encoder import Encoder
from pydantic import BaseModel, ValidationError

from common.days import Day
from common.mongo import CODEC_OPTIONS


class Holiday(BaseModel):
    on: Day


def test_a_day_is_read_and_written_as_iso_text() -> None:
    holiday = Holiday.model_validate({"on": "2026-12-24"})

    assert holiday.on == date(2026, 12, 24)
    assert holiday.model_dump_json() == '{"on":"2026-12-24"}'
    assert Holiday(on=holiday.on) == holiday


@pytest.mark.parametrize(
    "wrong", [0, 1_798_070_400, "0", "20261224", "2026-W52-4", "2026-12-24T00:00:00Z", "2026-02-30", datetime.now(UTC)]
)
def test_what_is_not_exactly_a_day_is_refused(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Holiday.model_validate({"on": wrong})


def test_mongodb_stores_and_queries_a_day_as_the_same_text_and_a_time_as_a_time() -> None:
    day, at = date(2026, 12, 24), datetime(2026, 12, 24, 9, 30, tzinfo=UTC)

    query = bson.decode(bson.encode({"on": {"$lt": day}, "at": at}, codec_options=CODEC_OPTIONS), CODEC_OPTIONS)

    assert query == {"on": {"$lt": Encoder(to_db=True).encode(day)}, "at": at}
    assert query["on"]["$lt"] == "2026-12-24"
    assert Encoder(to_db=True).encode(at) == at
