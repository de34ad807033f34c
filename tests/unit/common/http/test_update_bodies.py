"""The body of a PUT or PATCH changes what it contains and nothing else."""

from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from common.http.schemas import UpdateBody


class Fields(BaseModel):
    name: Annotated[str, Field(max_length=3)]
    size: int | None = 1


class Change(Fields, UpdateBody):
    pass


class Replacement(Fields, UpdateBody):
    name: Annotated[str, Field(max_length=3)]


def test_a_field_that_is_left_out_is_not_in_the_change() -> None:
    assert Change.model_validate({}).model_dump() == {}
    assert Change.model_validate({"size": None}).model_dump() == {"size": None}
    assert Replacement.model_validate({"name": "a"}).model_dump() == {"name": "a"}


@pytest.mark.parametrize("wrong", [{"name": "long"}, {"name": None}, {"size": "x"}, {"other": 1}])
def test_a_field_that_is_given_is_validated(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Change.model_validate(wrong)


def test_a_field_that_the_class_declares_itself_stays_required() -> None:
    with pytest.raises(ValidationError):
        Replacement.model_validate({"size": 2})


def test_the_schema_shows_no_default_that_would_not_be_applied() -> None:
    schema = Replacement.model_json_schema()

    assert schema["required"] == ["name"]
    assert "default" not in schema["properties"]["size"]
    assert Fields(name="a").size == 1, "the model itself is unchanged"
