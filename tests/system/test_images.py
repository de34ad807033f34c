"""The images as a cluster runs them: no root, nothing to write to, no rights; ready against real servers; gone in time.

Needs Docker and images that were built with `make images TAG=…`; HELPDESK_TEST_IMAGES names that tag. Where it is not
set these tests are skipped: infra/docker/README.md says how to build the images where nothing can be pulled.
"""

import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from common.services import SERVICES
from stack import secrets
from stack.options import Options
from stack.paths import Paths
from stack.ports import free_port
from stack.topology import assemble
from tests.support.eventually import eventually
from tests.support.stack import RunningStack, running_stack
from tests.support.subprocesses import docker

TAG = os.environ.get("HELPDESK_TEST_IMAGES")
STOP_SECONDS = 10
LARGEST = 200_000_000
INHERITED = ("PATH", "HOME", "LANG", "TZ", "TMPDIR")

pytestmark = [
    pytest.mark.skipif(
        not TAG, reason="HELPDESK_TEST_IMAGES=<tag> names the images to test; see infra/docker/README.md"
    ),
    pytest.mark.asyncio(loop_scope="module"),
]


@dataclass(frozen=True)
class Container:
    """One that runs. Its port is one of this machine: it shares the machine's network."""

    id: str
    port: int

    async def answers(self, path: str) -> httpx.Response:
        """Raises AssertionError while nothing listens."""
        async with httpx.AsyncClient() as client:
            try:
                return await client.get(f"http://127.0.0.1:{self.port}{path}", timeout=5)
            except httpx.TransportError as error:
                raise AssertionError(await docker("logs", "--tail", "5", self.id)) from error

    async def state(self) -> dict[str, Any]:
        """As Docker knows it."""
        [found] = json.loads(await docker("inspect", self.id))
        return dict(found)


@asynccontextmanager
async def running(
    image: str, *arguments: str, port: int, environment: dict[str, str] | None = None
) -> AsyncIterator[Container]:
    """With what a cluster gives it, and no more; removed afterwards."""
    options = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]  # noqa: S108
    variables = [f"--env={name}={value}" for name, value in (environment or {}).items()]
    id_ = await docker("run", "--detach", "--network", "host", *options, *variables, image, *arguments)
    try:
        yield Container(id_, port)
    finally:
        await docker("rm", "--force", "--volumes", id_)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningStack]:
    """MongoDB and NATS, with users and streams, and no service."""
    directory = tmp_path_factory.mktemp("images") / "data"
    async with running_stack(directory, "--servers-only") as stack:
        yield stack


def environment_of(stack: RunningStack, service: str, port: int) -> dict[str, str]:
    """What the local stack would give the service."""
    door = int(stack.url.rpartition(":")[2])
    paths = Paths(stack.directory)
    assembled = assemble(Options(data=paths.data, http_port=door), paths, secrets.load_or_generate(paths.secrets))
    environment = assembled.environments.of_service(service, port)
    return {name: value for name, value in environment.items() if name not in INHERITED}


async def test_every_service_becomes_ready_and_goes_when_it_is_asked_to(servers: RunningStack) -> None:
    roles = [(service, role) for service in SERVICES for role in ("api", "worker")]
    async with AsyncExitStack() as stack:
        started: dict[tuple[str, str], Container] = {}
        for service, role in roles:
            port = free_port()
            starting = running(
                f"helpdesk/{service}:{TAG}",
                *(service, "serve", "--role", role),
                port=port,
                environment=environment_of(servers, service, port),
            )
            started[service, role] = await stack.enter_async_context(starting)
        for (service, role), container in started.items():

            async def is_ready(container: Container = container) -> None:
                answer = await container.answers("/readyz")
                assert answer.status_code == 200, answer.text

            await eventually(is_ready, within=90, every=0.5)
            state = await container.state()
            assert state["Config"]["User"] == "10001:10001"
            write = ("exec", container.id, "python", "-c", "open('/app/src/x', 'w')")
            with pytest.raises(AssertionError, match="Read-only file system"):
                await docker(*write)
            print(f"{service} {role}: ready")
        for (service, role), container in started.items():
            began = time.monotonic()
            await docker("stop", "--time", str(STOP_SECONDS + 5), container.id)
            took = time.monotonic() - began
            state = await container.state()
            assert state["State"]["ExitCode"] == 0, await docker("logs", "--tail", "20", container.id)
            assert took < STOP_SECONDS
            print(f"{service} {role}: gone after {took:.1f} s")


@pytest.mark.parametrize("command", ["prepare", "dead-letters list"])
async def test_its_commands_run_in_the_image_too(servers: RunningStack, command: str) -> None:
    environment = environment_of(servers, "auth", free_port())
    variables = [f"--env={name}={value}" for name, value in environment.items()]
    options = ["--rm", "--read-only", "--tmpfs", "/tmp", "--network", "host"]  # noqa: S108
    await docker("run", *options, *variables, f"helpdesk/auth:{TAG}", "auth", *command.split())


async def test_the_front_door_serves_pages_and_says_when_a_service_is_away() -> None:
    names = [f"--add-host={service}:127.0.0.1" for service in SERVICES]
    options = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--publish", "127.0.0.1::8080"]  # noqa: S108
    id_ = await docker("run", "--detach", *options, *names, f"helpdesk/web:{TAG}")
    try:
        port = int((await docker("port", id_, "8080")).rpartition(":")[2])
        door = Container(id_, port)

        async def serves() -> None:
            assert (await door.answers("/")).status_code == 200

        await eventually(serves, within=20)
        page = await door.answers("/")
        assert page.headers["content-security-policy"].startswith("default-src 'self'")
        away = await door.answers("/api/v1/tickets")
        assert (away.status_code, away.json()["code"]) == (502, "service_unreachable")
        began = time.monotonic()
        await docker("stop", "--time", str(STOP_SECONDS + 5), id_)
        assert time.monotonic() - began < STOP_SECONDS
        assert (await door.state())["State"]["ExitCode"] == 0
    finally:
        await docker("rm", "--force", id_)


@pytest.mark.parametrize("name", [*SERVICES, "backup", "web"])
async def test_an_image_is_small_and_says_what_it_is(name: str) -> None:
    [image] = json.loads(await docker("image", "inspect", f"helpdesk/{name}:{TAG}"))
    print(f"helpdesk/{name}: {image['Size'] / 1e6:.0f} MB")
    assert image["Size"] <= LARGEST
    assert image["Config"]["User"] == "10001:10001"
    labels = image["Config"]["Labels"]
    assert labels["org.opencontainers.image.title"] == f"helpdesk/{name}"
    assert labels["org.opencontainers.image.licenses"] == "MIT"
