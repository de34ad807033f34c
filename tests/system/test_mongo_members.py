"""Three MongoDB members with the command of overlays/production, made a set by its Job and used by another.

Needs Docker; HELPDESK_TEST_MONGO_IMAGE names an image with a mongod (infra/docker/test-images makes one), and
HELPDESK_TEST_IMAGES the tag of ours. Skipped without.
"""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from cluster.checks.kustomize import Document, build
from tests.support.eventually import eventually
from tests.support.manifests import Secrets, environment_of, made_secrets, manifest
from tests.support.subprocesses import docker

IMAGE, TAG = os.environ.get("HELPDESK_TEST_MONGO_IMAGE"), os.environ.get("HELPDESK_TEST_IMAGES")
NETWORK = "helpdesk-test-mongo"
MEMBERS = ("mongo-0", "mongo-1", "mongo-2")
KEY = "import os, pathlib, sys; f = pathlib.Path('/key/keyfile'); f.write_text(sys.argv[1]); f.chmod(0o400); "
OWN = "os.chown(f, 999, 999)"

pytestmark = [
    pytest.mark.skipif(not (IMAGE and TAG), reason="HELPDESK_TEST_MONGO_IMAGE and HELPDESK_TEST_IMAGES name images"),
    pytest.mark.asyncio(loop_scope="module"),
]


@dataclass(frozen=True)
class Members:
    documents: list[Document]
    secrets: Secrets

    async def run(self, job: str) -> str:
        """What a Job of the manifests says, run to its end with all that it is given. Raises AssertionError."""
        container = manifest(self.documents, "Job", job)["spec"]["template"]["spec"]["containers"][0]
        environment = environment_of(container, self.secrets, self.documents)
        image = container["image"].partition(":")[0]
        variables = [f"--env={name}={value}" for name, value in environment.items()]
        limits = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--user", "999"]  # noqa: S108
        volumes = ["--volume", f"{NETWORK}-key:/secret:ro"]
        command = ["run", "--rm", "--network", NETWORK, *limits, *volumes, *variables, f"{image}:{TAG}"]
        return await docker(*command, *container["args"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def members() -> AsyncIterator[Members]:
    documents, secrets = build("production"), made_secrets()
    stateful_set = manifest(documents, "StatefulSet", "mongo")
    assert stateful_set["spec"]["replicas"] == len(MEMBERS)
    container = stateful_set["spec"]["template"]["spec"]["containers"][0]
    environment = environment_of(container, secrets)
    command = [each.replace("$(CACHE_GB)", "0.25") for each in container["command"]]
    assert environment["CACHE_GB"] == "1"
    await docker("network", "create", NETWORK)
    try:
        key = ["run", "--rm", "--user", "0", "--volume", f"{NETWORK}-key:/key", "--entrypoint", "python"]
        await docker(*key, f"helpdesk/auth:{TAG}", "-c", KEY + OWN, secrets["mongo"]["keyfile"])
        for member in MEMBERS:
            options = ["--network", NETWORK, "--network-alias", f"{member}.mongo", "--name", f"{NETWORK}-{member}"]
            limits = ["--read-only", "--tmpfs", "/tmp", "--user", "999:999", "--cap-drop", "ALL"]  # noqa: S108
            volumes = ["--volume", f"{NETWORK}-key:/key:ro", "--volume", "/data/db"]
            entry = ["--entrypoint", command[0]]
            await docker("run", "--detach", *options, *limits, *volumes, *entry, str(IMAGE), *command[1:])
        yield Members(documents, secrets)
    finally:
        for member in MEMBERS:
            await docker("rm", "--force", "--volumes", f"{NETWORK}-{member}")
        await docker("volume", "rm", f"{NETWORK}-key")
        await docker("network", "rm", NETWORK)


async def test_the_jobs_make_them_a_set_and_a_service_uses_it_also_with_one_member_less(members: Members) -> None:
    for _ in range(2):  # any number of times
        await members.run("mongo-users")
        assert await members.run("auth-prepare") == "auth: collections and indexes are in place"
        assert await members.run("tickets-prepare") == "tickets: collections and indexes are in place"

    await docker("kill", f"{NETWORK}-mongo-0")

    async def goes_on() -> None:
        await members.run("tickets-prepare")

    await eventually(goes_on, within=90, every=1)
