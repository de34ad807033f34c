"""What an admin may set is what an organisation stores."""

import pytest
from pydantic import ValidationError

from auth.organisation.document import RateLimits
from auth.organisation_admin.schemas import RateLimitsChange


def accepts(model: type[RateLimits] | type[RateLimitsChange], name: str, value: int) -> bool:
    try:
        model.model_validate({name: value})
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(("name", "default"), RateLimits().model_dump().items())
def test_a_rate_limit_can_be_set_to_what_can_be_stored_and_to_nothing_else(name: str, default: int) -> None:
    values = (default - 1, default, 10 * default, 10 * default + 1)
    for model in (RateLimits, RateLimitsChange):
        assert [accepts(model, name, value) for value in values] == [False, True, True, False]


def test_every_rate_limit_can_be_set() -> None:
    assert RateLimitsChange.model_fields.keys() == RateLimits.model_fields.keys()
