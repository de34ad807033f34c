"""What a log-in is good for, and what admins can not do to themselves."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.access import loses_an_admin, must_use_mfa, require_anothers, scope_of
from common.errors import Forbidden
from common.events import Role
from common.token_scopes import EVERYTHING, MFA_SETUP

ROLES = st.sampled_from(["customer", "agent", "admin", "operator"])


@pytest.mark.parametrize(
    ("role", "scope"),
    [("customer", EVERYTHING), ("agent", MFA_SETUP), ("admin", MFA_SETUP), ("operator", EVERYTHING)],
)
def test_where_a_second_factor_is_required_staff_without_one_may_only_set_it_up(role: Role, scope: str) -> None:
    assert scope_of(role, mfa_enabled=False, mfa_required=True) == scope


@given(ROLES, st.booleans())
def test_whoever_has_a_second_factor_may_do_everything(role: Role, required: bool) -> None:
    assert scope_of(role, mfa_enabled=True, mfa_required=required) == EVERYTHING


@given(ROLES, st.booleans())
def test_where_none_is_required_nobody_must_have_one(role: Role, enabled: bool) -> None:
    assert scope_of(role, mfa_enabled=enabled, mfa_required=False) == EVERYTHING
    assert not must_use_mfa(role, required=False)


def test_nobody_takes_their_own_rights_away() -> None:
    me, other = uuid4(), uuid4()
    require_anothers(other, me, "role")
    with pytest.raises(Forbidden, match="your own role") as caught:
        require_anothers(me, me, "role")
    assert caught.value.slug == "own_account"


@given(ROLES, ROLES, st.booleans(), st.booleans())
def test_an_admin_is_lost_when_an_active_one_is_no_longer_both(
    before: Role, after: Role, was_active: bool, is_active: bool
) -> None:
    lost = loses_an_admin(before, after, was_active=was_active, is_active=is_active)
    assert lost == ((before, was_active) == ("admin", True) and (after, is_active) != ("admin", True))
