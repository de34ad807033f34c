"""The supervisor of `make up`, watched from outside while its components die."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stack import control, processes
from stack.errors import StackError
from stack.lock import holder, is_held
from stack.paths import CHECKOUT, Paths
from stack.ports import free_port


def eventually(condition: Callable[[], bool], *, within: float = 60) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


class StandInStack:
    """The stand-in stack in a process of its own."""

    def __init__(self, data: Path) -> None:
        self.paths = Paths(data)
        self._ports = [str(free_port()), str(free_port())]
        self._output = data / "output"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> "StandInStack":
        self.paths.data.mkdir(exist_ok=True)
        (self.paths.data / "ready").unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.system.stand_in_stack", str(self.paths.data), *self._ports]
        with self._output.open("wb") as output:
            self._process = subprocess.Popen([*command, *arguments], cwd=CHECKOUT, stdout=output, stderr=output)
        return self

    def up(self) -> "StandInStack":
        self.start()

        def ready() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, self.output()
            return (self.paths.data / "ready").exists()

        eventually(ready)
        return self

    def ask(self, command: str, name: str | None = None) -> list[dict[str, Any]]:
        return control.send_command(holder(self.paths.lock).control, command, name)

    def row(self, name: str) -> dict[str, Any]:
        return next(row for row in self.ask("status") if row["name"] == name)

    def signal(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(20)

    def ended(self) -> int:
        assert self._process is not None
        return self._process.wait(20)

    def output(self) -> str:
        return self._output.read_text()

    def running(self) -> list[int]:
        return processes.find_orphans(self.paths.logs)

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.signal(signal.SIGTERM)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[StandInStack]:
    with contextlib.closing(StandInStack(tmp_path / "data")) as stack:
        yield stack


def test_components_start_in_the_order_of_their_needs_and_stop_in_reverse(stack: StandInStack) -> None:
    stack.up()
    assert stack.signal(signal.SIGTERM) == 0
    said = stack.output().splitlines()
    order = [line.split()[0] for line in said if "starting" in line or "stopped" in line]
    assert order == ["base", "worker", "worker", "base"]


def test_a_component_that_dies_is_restarted_and_the_supervisor_says_so(stack: StandInStack) -> None:
    stack.up()
    before = stack.row("worker")["pid"]
    stack.ask("kill", "worker")
    eventually(lambda: stack.row("worker")["state"] == "ready" and stack.row("worker")["pid"] != before)
    assert stack.row("worker")["restarts"] == 1
    assert "worker           exited (killed by SIGKILL), restarting\n" in stack.output()


def test_a_stopped_component_stays_down_until_it_is_started(stack: StandInStack) -> None:
    stack.up()
    assert stack.ask("stop", "worker")[0]["state"] == "stopped"
    assert stack.row("worker")["pid"] is None
    assert stack.ask("start", "worker")[0]["state"] == "ready"
    assert stack.row("worker")["restarts"] == 0


def test_a_restarted_component_is_another_process(stack: StandInStack) -> None:
    stack.up()
    before = stack.row("base")["pid"]
    [after] = stack.ask("restart", "base")
    assert after["state"] == "ready"
    assert after["pid"] != before


def test_an_unknown_component_is_answered_with_the_known_ones(stack: StandInStack) -> None:
    stack.up()
    with pytest.raises(StackError, match="no component nosuch; the components are base, worker"):
        stack.ask("stop", "nosuch")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_way_of_being_asked_to_stop_leaves_nothing_behind(stack: StandInStack, number: signal.Signals) -> None:
    stack.up()
    assert len(stack.running()) == 3  # base, worker and its child
    assert stack.signal(number) == 0
    assert stack.running() == []


def test_components_do_not_outlive_a_killed_supervisor(stack: StandInStack) -> None:
    stack.up()
    components = [row["pid"] for row in stack.ask("status")]
    stack.signal(signal.SIGKILL)
    eventually(lambda: not set(components) & set(stack.running()))


def test_the_next_run_works_and_clears_what_a_killed_one_left(stack: StandInStack) -> None:
    stack.up()
    stack.signal(signal.SIGKILL)
    eventually(lambda: len(stack.running()) == 1)  # a child of a component: the kernel kills only ours
    [left] = stack.running()
    stack.up()
    assert left not in stack.running()
    assert stack.row("worker")["state"] == "ready"


def test_a_second_supervisor_on_the_same_data_is_refused(stack: StandInStack, tmp_path: Path) -> None:
    stack.up()
    second = StandInStack(tmp_path / "data")
    second._output = tmp_path / "second"
    second.start()
    assert second.ended() == 1
    assert "already running at http://localhost" in second.output()
    assert is_held(stack.paths.lock)


def test_a_component_that_cannot_start_ends_the_run_with_the_last_line_of_its_log(stack: StandInStack) -> None:
    stack.start("import sys; sys.exit('no more ink')")
    assert stack.ended() == 1
    last = stack.output().splitlines()[-1]
    assert last.startswith("worker exited 5 times while starting (exit status 1); last line of ")
    assert last.endswith(": no more ink.")
    assert stack.running() == []


def test_a_killed_component_takes_its_children_with_it(stack: StandInStack) -> None:
    stack.up()
    before = set(stack.running())
    os.kill(stack.row("worker")["pid"], signal.SIGKILL)
    eventually(lambda: stack.row("worker")["state"] == "ready" and stack.row("worker")["restarts"] == 1)
    eventually(lambda: len(stack.running()) == 3)
    assert len(before & set(stack.running())) == 1  # only base is the same
