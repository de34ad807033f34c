"""Each role may do what the access table says."""

from typing import get_args

import pytest

from common.errors import Forbidden
from common.events import Role
from tickets.domain.access import ACCESS, Permission, is_allowed, require_permission
from tickets.domain.ticket_fields import TicketFields, edit_permission

ROLES: tuple[Role, ...] = get_args(Role)

TABLE: dict[Permission, set[Role]] = {
    Permission.CREATE: {"customer", "agent", "admin"},
    Permission.CREATE_FOR_OTHERS: {"agent", "admin"},
    Permission.SEE_ALL: {"agent", "admin"},
    Permission.EDIT_TEXT: {"customer"},
    Permission.CHANGE_OWN_STATUS: {"customer"},
    Permission.CHANGE_STATUS: {"agent", "admin"},
    Permission.TRIAGE: {"agent", "admin"},
    Permission.ASSIGN: {"agent", "admin"},
    Permission.ACCESS_NOTES: {"agent", "admin"},
    Permission.MENTION: {"agent", "admin"},
    Permission.DELETE: {"admin"},
    Permission.REDACT: {"admin"},
}
"""Restated: whoever changes who may do what decides here too."""


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_may_do_what_the_table_says_and_nothing_else(role: Role, permission: Permission) -> None:
    assert permission in TABLE, f"Decide which roles have Permission.{permission.name}, and add the row to TABLE."
    assert is_allowed(role, permission) == (role in TABLE[permission]), (
        f"Decide whether the role {role} may {permission}: ACCESS (domain/access.py) and TABLE here disagree."
    )


def test_every_role_has_its_row() -> None:
    assert set(ACCESS) == set(ROLES), "Decide what the new role may do: give it a row in ACCESS (domain/access.py)."


def test_an_admin_may_do_all_an_agent_may() -> None:
    assert ACCESS["agent"] <= ACCESS["admin"]


def test_an_operator_has_no_tickets() -> None:
    assert not any(is_allowed("operator", permission) for permission in Permission)


def test_a_refusal_says_who_cannot_do_what() -> None:
    with pytest.raises(Forbidden, match=r"^Customers cannot assign tickets\.$"):
        require_permission("customer", Permission.ASSIGN)
    require_permission("admin", Permission.DELETE)


@pytest.mark.parametrize("field", TicketFields.model_fields)
def test_every_editable_field_names_the_permission_that_editing_it_requires(field: str) -> None:
    named = [each for each in TicketFields.model_fields[field].metadata if isinstance(each, Permission)]
    assert len(named) == 1, (
        f"Decide who may edit `{field}`: annotate it in TicketFields with one Permission, e.g."
        " `Annotated[…, Permission.TRIAGE]`."
    )
    assert edit_permission(field) == named[0]


@pytest.mark.parametrize("field", sorted(TicketFields.model_fields.keys() - {"title", "description"}))
def test_every_later_field_has_a_default(field: str) -> None:
    assert not TicketFields.model_fields[field].is_required(), (
        f"Give `{field}` a default: stored tickets and the requests of present clients do not have it."
    )
