"""Each import rule catches what it is there for: a copy of the source with one forbidden import must be refused."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = (*(ROOT / "services").glob("*/src"), ROOT / "libs/common/src", ROOT / "infra/local/src")

VIOLATIONS = [
    ("independent-services", "tickets/people.py", "import auth.passwords"),
    ("common-knows-nobody", "common/clock.py", "import tickets.domain.workflow"),
    ("events-are-values", "common/events/base.py", "import common.idempotent_consumer"),
    ("events-are-values", "common/events/tickets.py", "import pymongo"),
    ("pure-decisions", "auth/domain/key_schedule.py", "import common.token_trust"),
    ("events-are-values", "common/services.py", "import common.settings"),
    ("pure-decisions", "tickets/domain/workflow.py", "import common.mongo"),
    ("pure-decisions", "tickets/domain/access.py", "import beanie"),
    ("pure-decisions", "tickets/domain/ticket_fields.py", "import common.http.schemas"),
    ("pure-decisions", "tickets/spreadsheet.py", "import fastapi"),
    ("pure-decisions", "notifications/policy.py", "import common.idempotent_consumer"),
    ("pure-decisions", "mailer/sending/classification.py", "import aiosmtplib"),
    ("acyclic-auth", "auth/user/document.py", "import auth.session.document"),
    ("acyclic-tickets", "tickets/ticket/queries.py", "import tickets.conversation.queries"),
    ("acyclic-tickets", "tickets/domain/workflow.py", "import tickets.ticket.document"),
    ("pure-decisions", "common/notification_kinds.py", "import common.mongo"),
    ("acyclic-notifications", "notifications/person/queries.py", "import notifications.preferences.queries"),
    ("acyclic-mailer", "mailer/mail/queries.py", "import mailer.sending.sender"),
    ("documents-without-http", "tickets/ticket/document.py", "import common.http.identity"),
    ("documents-without-http", "auth/user/document.py", "import fastapi"),
    ("thin-routes", "tickets/ticket/routes.py", "import tickets.domain.workflow"),
    ("thin-routes", "auth/session/routes.py", "import pymongo"),
    ("one-composition-root", "mailer/suppression/commands.py", "import mailer.sending.smtp"),
    ("one-composition-root", "tickets/ticket/commands.py", "import common.messaging.publisher"),
    ("acyclic-common", "common/rate_limits.py", "import common.http.state"),
    ("acyclic-common", "common/messaging/topology.py", "import common.messaging.permissions"),
    ("acyclic-common", "common/outbox/event_log.py", "import common.outbox.replay"),
]


@pytest.fixture(scope="module")
def copied_source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("source")
    for source in SOURCES:
        shutil.copytree(source, copy, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def lint(source: Path, contract: str) -> subprocess.CompletedProcess[str]:
    """One rule of the project's own configuration, over a copy of its source."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--contract", contract, "--no-cache", "--no-logo"],
        env={**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("contract", "file", "forbidden"), VIOLATIONS)
def test_a_forbidden_import_is_refused(copied_source: Path, contract: str, file: str, forbidden: str) -> None:
    path = copied_source / file
    original = path.read_text()
    path.write_text(f"{original}\n{forbidden}\n")
    try:
        outcome = lint(copied_source, contract)
    finally:
        path.write_text(original)
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert "BROKEN" in outcome.stdout


def test_the_source_as_it_is_breaks_no_rule(copied_source: Path) -> None:
    for contract in sorted({contract for contract, _, _ in VIOLATIONS}):
        outcome = lint(copied_source, contract)
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
