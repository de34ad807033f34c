"""What an operator types is understood, or refused with a sentence before anything is done."""

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from typing import NoReturn
from uuid import UUID

import pytest

from common import command_line
from common.command_line import Command, Tool, main
from common.errors import NotFound
from common.lifecycle import Role, Service
from common.settings import Settings

ID = "01a1fbf5-87f3-741f-b6dd-3a3adbd5253a"


def parsed(*typed: str, **own: Command) -> Namespace:
    return command_line._parser("tickets", own).parse_args(typed)


def refused(capsys: pytest.CaptureFixture[str], *typed: str) -> str:
    with pytest.raises(SystemExit) as caught:
        parsed(*typed)
    assert caught.value.code == 2
    return capsys.readouterr().err


def test_serve_runs_everything_unless_told_which_part() -> None:
    assert parsed("serve").role == "all"
    assert [parsed("serve", "--role", role).role for role in ("api", "worker")] == ["api", "worker"]


@pytest.mark.parametrize("typed", [(), ("dance",), ("serve", "--role", "boss"), ("replay",), ("dead-letters",)])
def test_what_is_not_understood_is_refused(typed: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert "usage: python -m tickets" in refused(capsys, *typed)


def test_a_replay_can_be_narrowed() -> None:
    arguments = parsed(
        *("replay", "--to", "notifications", "--type", "tickets.ticket.created"),
        *("--organisation", ID, "--aggregate", ID, "--since", "2026-05-14T09:00:00Z"),
        *("--until", "2026-05-14T12:00:00+02:00"),
    )
    assert (arguments.to, arguments.type) == ("notifications", "tickets.ticket.created")
    assert arguments.organisation == arguments.aggregate == UUID(ID)
    assert arguments.since == datetime(2026, 5, 14, 9, tzinfo=UTC)
    assert arguments.until == datetime(2026, 5, 14, 10, tzinfo=UTC)


def test_a_time_without_an_offset_is_refused_with_what_to_write(capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, "replay", "--to", "stream", "--since", "2026-05-14T09:00:00")
    assert "has no offset: use e.g. 2026-05-14T09:00:00+00:00" in said


@pytest.mark.parametrize(("option", "value"), [("--aggregate", "7"), ("--since", "yesterday")])
def test_a_value_of_the_wrong_kind_is_refused(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert option in refused(capsys, "replay", "--to", "stream", option, value)


def test_dead_letters_are_named_by_their_sequence(capsys: pytest.CaptureFixture[str]) -> None:
    assert parsed("dead-letters", "list").sequence is None
    assert parsed("dead-letters", "replay", "7").sequence == 7
    assert "sequence" in refused(capsys, "dead-letters", "replay", "seven")


def test_a_service_adds_its_own_commands() -> None:
    async def greet(_service: Service, _arguments: Namespace) -> None: ...

    def arguments(parser: ArgumentParser) -> None:
        parser.add_argument("--name")

    typed = parsed("greet", "--name", "Ada", greet=Command("Greets.", greet, arguments))
    assert typed.command.run is greet
    assert typed.name == "Ada"


def stopped_by(build: object, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.setattr("sys.argv", ["tickets", "prepare"])
    with pytest.raises(SystemExit) as caught:
        main("tickets", build)  # type: ignore[arg-type]
    return caught.value.code


def test_an_expected_failure_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(_role: Role) -> NoReturn:
        raise NotFound("There is no organisation 'acme'.")

    assert stopped_by(build, monkeypatch) == "tickets: There is no organisation 'acme'."


def test_a_wrong_setting_is_named_and_its_value_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_MONGO_URL", "mongodb://tickets:hunter2@localhost/tickets")
    monkeypatch.setenv("HELPDESK_NATS_PASSWORD", "hunter2")
    monkeypatch.setenv("HELPDESK_HTTP_PORT", "hunter2")
    monkeypatch.delenv("HELPDESK_NATS_USER", raising=False)
    said = str(stopped_by(lambda _role: Settings(), monkeypatch))
    assert "HELPDESK_HTTP_PORT" in said
    assert "HELPDESK_NATS_USER" in said
    assert "hunter2" not in said


def test_an_unsafe_combination_of_settings_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MONGO_URL", "NATS_USER", "NATS_PASSWORD"):
        monkeypatch.setenv(f"HELPDESK_{name}", "hunter2")
    monkeypatch.setenv("HELPDESK_RATE_LIMITS", "off")
    said = str(stopped_by(lambda _role: Settings(), monkeypatch))
    assert "rate_limits can only be switched off in a local stack" in said
    assert "HELPDESK_:" not in said
    assert "hunter2" not in said


def test_a_tool_runs_without_settings_and_without_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(_role: Role) -> Service:
        raise AssertionError("nothing is built for it")

    def arguments(parser: ArgumentParser) -> None:
        parser.add_argument("--colour")

    ran: list[Namespace] = []
    monkeypatch.setattr("sys.argv", ["mailer", "paint", "--colour", "blue"])
    main("mailer", build, {"paint": Tool("Paint.", ran.append, arguments)})
    assert [given.colour for given in ran] == ["blue"]
