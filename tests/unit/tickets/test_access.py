"""Who may do what is what the domain's table says."""

from typing import get_args

import pytest

from common.events import Role
from tickets.access import ACCESS, May, may

ROLES: tuple[Role, ...] = get_args(Role)

TABLE: dict[May, set[Role]] = {
    May.SEE_ALL: {"agent", "admin"},
    May.CREATE_FOR_OTHERS: {"agent", "admin"},
    May.MOVE_FREELY: {"agent", "admin"},
    May.MOVE_OWN: {"customer"},
    May.TRIAGE: {"agent", "admin"},
    May.EDIT_OWN_TEXT: {"customer"},
    May.READ_NOTES: {"agent", "admin"},
}
"""The rows of DOMAIN.md section 1 that there are so far."""


@pytest.mark.parametrize("action", May)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_the_table_says_and_nothing_else(role: Role, action: May) -> None:
    assert may(role, action) == (role in TABLE[action])


def test_every_role_has_its_row() -> None:
    assert set(ACCESS) == set(ROLES)


def test_an_admin_may_do_all_an_agent_may() -> None:
    assert ACCESS["agent"] <= ACCESS["admin"]


def test_an_operator_has_no_tickets() -> None:
    assert not any(may("operator", action) for action in May)
