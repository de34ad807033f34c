"""What an organisation can choose, and what follows from it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tickets.domain.desk_settings import DeskSettings

DEFAULTS = DeskSettings()


def test_what_was_not_chosen_has_its_default() -> None:
    chosen = DeskSettings.model_validate({"escalation_hours": 2, "of_a_later_release": True})

    assert chosen == DeskSettings(escalation_hours=2)
    assert (chosen.auto_close_days, chosen.reopen_window_days, chosen.ticket_creation_per_hour) == (7, 14, 10)


@pytest.mark.parametrize(
    "wrong",
    [
        {"escalation_hours": 0},
        {"escalation_hours": 1.5},
        {"auto_close_days": 0},
        {"reopen_window_days": -1},
        {"ticket_creation_per_hour": 0},
        {"accepted_attachment_types": ["exe"]},
        {"accepted_attachment_types": ["*/*"]},
        {"accepted_attachment_types": ["image/png; charset=x"]},
        {"accepted_attachment_types": ["image/png"] * 201},
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DeskSettings.model_validate(wrong)


@pytest.mark.parametrize(
    ("media_type", "accepted"),
    [
        ("video/mp4", True),
        ("VIDEO/MP4", True),
        ("application/x-sh", True),
        ("application/x-shar", False),
        ("audio/mp4", False),
        ("videos/mp4", False),
    ],
)
def test_a_type_is_accepted_by_its_name_or_with_all_of_its_kind(media_type: str, accepted: bool) -> None:
    settings = DeskSettings(accepted_attachment_types=("Video/*", "application/x-sh"))

    assert settings.accepts(media_type) is accepted


def test_programs_and_what_is_unknown_are_not_accepted_where_nothing_else_was_chosen() -> None:
    assert not DEFAULTS.accepts("application/x-msdownload")
    assert not DEFAULTS.accepts("application/octet-stream")
    assert DEFAULTS.accepts("application/pdf")


def test_a_type_that_is_named_twice_is_kept_once() -> None:
    settings = DeskSettings(accepted_attachment_types=("image/png", "IMAGE/PNG", "image/gif"))

    assert settings.accepted_attachment_types == ("image/png", "image/gif")


choices = st.builds(
    DeskSettings,
    escalation_hours=st.integers(1, 4),
    auto_close_days=st.integers(1, 4),
    accepted_attachment_types=st.lists(st.sampled_from(["image/png", "video/*"]), max_size=2).map(tuple),
)


@given(choices, choices)
def test_changes_are_what_is_different_and_nothing_else(before: DeskSettings, after: DeskSettings) -> None:
    changes = before.diff(after)

    assert all(change.before != change.after for change in changes.values())
    assert after == before.model_copy(
        update={name: getattr(after, name) for name, change in changes.items() if change.after is not None}
    )
    assert before.diff(before) == {}
