"""Who may do what is what the domain's table says."""

from typing import get_args

import pytest

from common.errors import Forbidden
from common.events import Role
from tickets.access import ACCESS, TO_EDIT, May, may, require
from tickets.ticket.schemas import TicketFields

ROLES: tuple[Role, ...] = get_args(Role)

TABLE: dict[May, set[Role]] = {
    May.CREATE: {"customer", "agent", "admin"},
    May.CREATE_FOR_OTHERS: {"agent", "admin"},
    May.SEE_ALL: {"agent", "admin"},
    May.EDIT_OWN_TEXT: {"customer"},
    May.MOVE_OWN: {"customer"},
    May.MOVE_FREELY: {"agent", "admin"},
    May.TRIAGE: {"agent", "admin"},
    May.ASSIGN: {"agent", "admin"},
    May.READ_NOTES: {"agent", "admin"},
    May.MENTION: {"agent", "admin"},
    May.DELETE: {"admin"},
    May.REDACT: {"admin"},
}
"""As the domain's page draws it."""


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


def test_a_refusal_says_who_may_not_do_what() -> None:
    with pytest.raises(Forbidden, match=r"^An agent may not delete or restore a ticket"):
        require("agent", May.DELETE)
    require("admin", May.DELETE)


def test_for_each_field_of_a_ticket_it_is_said_who_may_change_it() -> None:
    assert set(TO_EDIT) == set(TicketFields.model_fields)
