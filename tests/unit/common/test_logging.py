"""What the log says of an unexpected error."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from pydantic import TypeAdapter
from pymongo.errors import DuplicateKeyError

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


def refuse_value(password: str) -> None:
    TypeAdapter(dict[str, int]).validate_python({"count": password})


def refuse_document(password: str) -> None:
    raise DuplicateKeyError(f'E11000 dup key: {{ token: "{password}" }}', 11000, {"keyPattern": {"token": 1}})


def refuse_in_group(password: str) -> None:
    try:
        refuse_value(password)
    except ValueError as error:
        raise ExceptionGroup("several", [error]) from error


@pytest.mark.parametrize("refuse", [refuse_value, refuse_document, refuse_in_group])
def test_the_values_that_an_error_is_about_are_not_logged_with_it_nor_with_what_it_caused(
    log: io.StringIO, refuse: Callable[[str], None]
) -> None:
    try:
        try:
            refuse(PASSWORD)
        except Exception as error:
            raise RuntimeError("the handler failed") from error
    except RuntimeError:
        structlog.get_logger("router").exception("handler failed")

    [line] = lines_of(log)
    assert line["exception"][0]["exc_value"] == "the handler failed"
    assert len(line["exception"]) >= 2
    assert PASSWORD not in log.getvalue()
