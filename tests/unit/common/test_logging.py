"""What the log says of an unexpected error."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from common.telemetry import configure_logging

PASSWORD = "walrus-umbrella-1971"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The log of a service. Restores the logging of the test session."""
    root, configured = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    configure_logging("auth", "info", stream=stream)
    yield stream
    structlog.configure(**configured)
    root.handlers[:] = handlers
    root.setLevel(level)


def fail(password: str) -> None:
    raise RuntimeError("the cause")


def lines_of(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.parametrize(
    "logger", [structlog.get_logger("http"), logging.getLogger("uvicorn.error")], ids=["own", "library"]
)
def test_an_unexpected_error_is_logged_with_its_frames_and_without_the_values_of_variables(
    log: io.StringIO, logger: Any
) -> None:
    try:
        fail(PASSWORD)
    except RuntimeError:
        logger.exception("request failed")

    [line] = lines_of(log)
    [error] = line["exception"]
    assert (error["exc_type"], error["exc_value"]) == ("RuntimeError", "the cause")
    assert error["frames"][-1]["name"] == "fail"
    assert PASSWORD not in log.getvalue()
