"""The scope of access tokens, and what admins cannot do to their own account."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.domain.access import forbid_own_account, removes_admin, token_scope
from common.errors import Forbidden
from common.events import Role
from common.token_scopes import EVERYTHING, MFA_SETUP

ROLES = st.sampled_from(["customer", "agent", "admin", "operator"])


@pytest.mark.parametrize(
    ("role", "scope"),
    [("customer", EVERYTHING), ("agent", MFA_SETUP), ("admin", MFA_SETUP), ("operator", MFA_SETUP)],
)
def test_where_mfa_is_required_all_but_customers_can_only_set_it_up(role: Role, scope: str) -> None:
    assert token_scope(role, mfa_enabled=False, mfa_required=True) == scope


@given(ROLES, st.booleans())
def test_a_user_with_a_second_factor_has_the_full_scope(role: Role, required: bool) -> None:
    assert token_scope(role, mfa_enabled=True, mfa_required=required) == EVERYTHING


@given(ROLES, st.booleans())
def test_where_mfa_is_not_required_every_user_has_the_full_scope(role: Role, enabled: bool) -> None:
    assert token_scope(role, mfa_enabled=enabled, mfa_required=False) == EVERYTHING


def test_admins_cannot_remove_their_own_rights() -> None:
    me, other = uuid4(), uuid4()
    forbid_own_account(other, me, "role")
    with pytest.raises(Forbidden, match="your own role") as caught:
        forbid_own_account(me, me, "role")
    assert caught.value.slug == "own_account"


@given(ROLES, ROLES, st.booleans(), st.booleans())
def test_an_admin_is_removed_when_an_active_admin_is_no_longer_both(
    before: Role, after: Role, was_active: bool, is_active: bool
) -> None:
    removed = removes_admin(before, after, was_active=was_active, is_active=is_active)
    assert removed == ((before, was_active) == ("admin", True) and (after, is_active) != ("admin", True))
