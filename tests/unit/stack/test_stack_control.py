"""The socket by which a supervisor is spoken to comes and goes, and takes nothing else with it."""

from pathlib import Path

import pytest

from stack.control import ControlServer, socket_path


@pytest.mark.parametrize("name", ["data", "helpdesk-data"])
async def test_data_stays_when_the_supervisor_stops_whatever_its_directory_is_called(tmp_path: Path, name: str) -> None:
    directory = tmp_path / name
    directory.mkdir()
    (directory / "secrets.json").write_text("{}")
    # A path short enough for a socket: the test's own may be longer than the kernel takes.
    path = directory / "s"
    async with ControlServer(None, path):  # type: ignore[arg-type]  # it is asked nothing
        assert path.is_socket()
    assert [each.name for each in directory.iterdir()] == ["secrets.json"]


async def test_a_short_directory_made_for_the_socket_alone_goes_with_it(tmp_path: Path) -> None:
    path = socket_path(tmp_path / ("a" * 100))
    async with ControlServer(None, path):  # type: ignore[arg-type]  # it is asked nothing
        assert path.parent != tmp_path
    assert not path.parent.exists()
