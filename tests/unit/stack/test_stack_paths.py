"""A data directory that another version has written is refused."""

from pathlib import Path

import pytest

from stack.__main__ import main
from stack.errors import WrongDataFormat
from stack.paths import Paths


def test_a_data_directory_is_marked_at_the_first_start_and_accepted_from_then_on(tmp_path: Path) -> None:
    paths = Paths(tmp_path / "data")
    paths.prepare()
    paths.check_format()
    paths.secrets.write_text("{}")
    paths.check_format()


@pytest.mark.parametrize("found", [None, "3", "5"])
def test_data_without_the_number_or_with_another_one_is_refused(tmp_path: Path, found: str | None) -> None:
    (tmp_path / "secrets.json").write_text("{}")
    if found is not None:
        (tmp_path / "format").write_text(f"{found}\n")
    with pytest.raises(WrongDataFormat):
        Paths(tmp_path).check_format()


def test_make_up_says_in_one_sentence_that_such_data_must_be_removed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "secrets.json").write_text("{}")
    assert main(["up", "--data-dir", str(tmp_path)]) == 1
    assert capsys.readouterr().err == (
        f"{tmp_path} holds the data of another version of Helpdesk, which this one cannot read; "
        f"remove it: rm -r {tmp_path}\n"
    )
