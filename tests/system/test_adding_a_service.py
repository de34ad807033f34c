"""A new service is its package, its events, a row of the table and a name in pyproject.toml; the rest is generated."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cluster.checks.kustomize import kubectl
from stack.paths import CHECKOUT
from stack.ports import MAX_REPLICAS, SPAN, free_range
from tests.support.eventually import eventually
from tests.support.stack import retrying_clients, running_stack

ADDED = Path(__file__).parent / "added_service"
TABLE = "libs/common/src/common/services.py"
ROW = """    ServiceSpec(
        "greeter",
        purpose="greetings of new users",
        routes=("/greetings",),
        subscriptions=(*TOKEN_TRUST_EVENTS, auth.UserRegistered),
    ),
"""
GENERATORS = (("common.catalogue", "--write"), ("stack", "openapi", "--write"), ("cluster", "generate"))
"""What `make generate` runs, but for the client's types."""
SCHEMAS = {
    f"libs/common/src/common/events/schemas/greeter.{fact}.v1.json"
    for fact in ("greeting.prepared", "dead_letter.replayed", "dead_letter.discarded")
}
GENERATED = {
    *("compose.yaml", "skaffold.yaml", ".github/workflows/check.yaml", ".github/workflows/release.yaml"),
    *("docs/architecture.md", "docs/asyncapi.yaml", "docs/events.md", "docs/openapi.json"),
    *("infra/docker/web.nginx.conf", "infra/nginx/routes.conf", "infra/k8s/make_secrets.json"),
    "infra/k8s/base/ingress/ingress.yaml",
    "infra/k8s/base/mongo/urls.yaml",
    "infra/k8s/base/nats/passwords.yaml",
    "infra/k8s/base/nats/accounts.conf",
    "infra/k8s/base/services/greeter.yaml",
    "infra/k8s/base/services/kustomization.yaml",
    "infra/k8s/components/autoscaling/autoscalers.yaml",
    "infra/k8s/components/keda/scaled-objects.yaml",
    "infra/k8s/components/monitoring/dashboards/events.json",
    "infra/k8s/components/monitoring/rules/services.yaml",
    "infra/k8s/components/monitoring/services.yaml",
    "infra/k8s/components/monitoring/tests/services.yaml",
    "infra/k8s/overlays/dev/services/kustomization.yaml",
    "infra/k8s/overlays/gateway-api/http-route.yaml",
    "infra/k8s/overlays/openshift/routes.yaml",
    "infra/k8s/overlays/production/services/disruption-budgets.yaml",
    "infra/k8s/overlays/production/services/kustomization.yaml",
    *SCHEMAS,
    "uv.lock",
}
EDITED = {TABLE, "pyproject.toml"}
CHECK_MANIFESTS = """
from cluster.checks import build_all, hardening, references
for name, documents in build_all().items():
    problems = [*references.problems(documents), *hardening.problems(documents)]
    assert not problems, (name, problems)
"""


class Copy:
    """A copy of the checkout, as a repository of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for name in self._git("ls-files", "--cached", "--others", "--exclude-standard", within=CHECKOUT):
            if (CHECKOUT / name).is_file():
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(CHECKOUT / name, directory / name)
        self.generate()  # `make check` is what refuses stale files
        self._git("init", "--quiet")
        self._git("add", "--all", "--force")
        self._git(
            *("-c", "user.name=test", "-c", "user.email=test@helpdesk.example"), "commit", "--quiet", "-m", "copy"
        )

    @property
    def environment(self) -> dict[str, str]:
        """The packages of the copy come before those that are installed."""
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(str(path) for path in self.directory.glob("*/*/src")),
            "PATH": os.pathsep.join([str(Path(kubectl()).parent), os.environ["PATH"]]),
            "HELPDESK_PORT": str(free_range(SPAN + MAX_REPLICAS)),
        }

    def add_service(self) -> set[str]:
        """Its own files."""
        added = set()
        for source in ADDED.rglob("*.txt"):
            target = source.relative_to(ADDED).with_suffix("")
            (self.directory / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, self.directory / target)
            added.add(str(target))
        self.edit(TABLE, ")\n\nSERVICES:", f"{ROW})\n\nSERVICES:")
        self.edit("pyproject.toml", '    "helpdesk-mailer",\n', '    "helpdesk-mailer",\n    "helpdesk-greeter",\n')
        self.edit(
            "pyproject.toml",
            "helpdesk-mailer = { workspace = true }\n",
            "helpdesk-mailer = { workspace = true }\nhelpdesk-greeter = { workspace = true }\n",
        )
        self.edit("pyproject.toml", '"mailer"', '"mailer", "greeter"')
        self.edit("pyproject.toml", '"services/mailer/src"', '"services/mailer/src", "services/greeter/src"')
        self.edit("pyproject.toml", "services/mailer/src:", "services/mailer/src:services/greeter/src:")
        return added

    def edit(self, name: str, before: str, after: str) -> None:
        text = (self.directory / name).read_text()
        assert before in text
        (self.directory / name).write_text(text.replace(before, after))

    def generate(self) -> None:
        for command in GENERATORS:
            self.run(sys.executable, "-m", *command)

    def run(self, *command: str) -> None:
        done = subprocess.run(
            command, cwd=self.directory, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"

    def changed(self) -> set[str]:
        lines = self._git("status", "--porcelain", "--untracked-files=all")
        return {line[3:] for line in lines if "__pycache__" not in line}

    def _git(self, *arguments: str, within: Path | None = None) -> list[str]:
        done = subprocess.run(
            ["git", *arguments], cwd=within or self.directory, capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    directory = tmp_path / "checkout"
    directory.mkdir()
    return Copy(directory)


async def test_a_service_is_added_by_two_edits_receives_events_and_is_removed_without_a_trace(copy: Copy) -> None:
    added = copy.add_service()
    await asyncio.to_thread(copy.generate)
    assert copy.changed() - {"uv.lock"} == (EDITED | GENERATED | added) - {"uv.lock"}
    await asyncio.to_thread(copy.run, sys.executable, "-c", CHECK_MANIFESTS)

    async with (
        running_stack(copy.directory / ".data", "--no-web", "--no-seed", environment=copy.environment) as stack,
        retrying_clients(stack.url) as new_client,
    ):
        casey = new_client()
        await casey.sign_up("casey@helpdesk.example", "lantern-oblique-4410")

        async def greeted() -> None:
            answer = await casey.send("GET", "/greetings/mine")
            assert (answer.status_code, answer.text) == (200, '"Welcome, casey!"'), answer.text
            async with stack.nats() as broker:
                info = await broker.jetstream.stream_info("GREETER")
            assert info.state.messages == 1

        await eventually(greeted, within=30)

    shutil.rmtree(copy.directory / ".data")
    for name in (*added, *EDITED):
        path = copy.directory / name
        path.unlink() if name in added else copy._git("checkout", "--", name)
    for name in SCHEMAS:
        (copy.directory / name).unlink()
    await asyncio.to_thread(copy.generate)
    assert copy.changed() == set()
