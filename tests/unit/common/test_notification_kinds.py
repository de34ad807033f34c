"""The catalogue of kinds is whole, and what is derived from it reads every kind."""

from typing import get_args
from uuid import UUID

import pytest
from pydantic import ValidationError

from common import notification_kinds
from common.audiences import Audience
from common.events import EVENTS
from common.events.auth import Locale
from common.events.notifications import EmailRequested, Recipient
from common.messaging.topology import SUBSCRIPTIONS
from common.notification_kinds import KINDS, NOTIFYING_EVENTS, NotificationKind, kind_named


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_is_a_word_for_at_least_one_audience_and_has_an_example(kind: type[NotificationKind]) -> None:
    assert kind.name.replace("_", "").isalpha()
    assert kind.channels
    assert set(kind.events) <= set(EVENTS.values())
    assert set(kind.facts) <= set(kind.model_fields)
    assert kind.model_validate(kind.example().model_dump(mode="json")) == kind.example()


def test_no_two_kinds_have_one_name() -> None:
    declared = [each for each in vars(notification_kinds).values() if isinstance(each, type)]
    assert [each for each in declared if issubclass(each, NotificationKind) and each is not NotificationKind] == list(
        KINDS.values()
    )


def test_what_cannot_be_switched_off_is_about_accounts() -> None:
    assert not [kind for kind in KINDS.values() if kind.mandatory and kind.is_about_ticket()]


def test_notifications_subscribes_to_every_event_that_causes_a_notification() -> None:
    assert set(NOTIFYING_EVENTS) <= set(SUBSCRIPTIONS["notifications"])


def test_an_audience_without_a_shared_text_has_its_own() -> None:
    assert KINDS["assigned"].text_key(Audience.ASSIGNEE) == "assigned.assignee"
    assert KINDS["assigned"].text_key(Audience.STAFF) == "assigned"
    with pytest.raises(LookupError, match="assigned has no audience requester"):
        KINDS["assigned"].text_key(Audience.REQUESTER)


def test_an_unknown_kind_is_a_lookup_error_where_it_is_needed_and_a_plain_word_in_an_event() -> None:
    with pytest.raises(LookupError, match="not_yet_known"):
        kind_named("not_yet_known")
    recipient = Recipient(id=UUID(int=1), email="a@example.com", name="A", locale=get_args(Locale)[0])
    requested = EmailRequested(recipient=recipient, kind="not_yet_known", audience="nor_this", context={"x": [1]})
    assert EmailRequested.model_validate(requested.model_dump(mode="json")) == requested


def test_a_context_needs_its_fields_and_ignores_those_of_later_versions() -> None:
    with pytest.raises(ValidationError, match="assignee"):
        KINDS["assigned"].model_validate({})
    assert KINDS["assigned"].model_validate({"assignee": "Ada", "later": 1}).model_dump() == {"assignee": "Ada"}
