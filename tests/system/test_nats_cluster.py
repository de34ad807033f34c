"""Three NATS nodes with the configuration that overlays/production gives them, by the names they have in a cluster.

Needs Docker; HELPDESK_TEST_NATS_IMAGE names an image of NATS (infra/docker/test-images makes one). Skipped without.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from cluster.checks.kustomize import build
from common.messaging.broker import Broker
from common.messaging.provision import provision
from common.messaging.topology import STREAMS
from tests.support.eventually import eventually
from tests.support.manifests import environment_of, made_secrets, manifest
from tests.support.subprocesses import docker

IMAGE = os.environ.get("HELPDESK_TEST_NATS_IMAGE")
NETWORK = "helpdesk-test-nats"
NODES = ("nats-0", "nats-1", "nats-2")

pytestmark = [
    pytest.mark.skipif(not IMAGE, reason="HELPDESK_TEST_NATS_IMAGE names an image with a nats-server"),
    pytest.mark.asyncio(loop_scope="module"),
]


@dataclass(frozen=True)
class Cluster:
    """`secrets`: name -> key -> value, as infra/k8s/make_secrets.py makes them."""

    secrets: dict[str, dict[str, str]]
    addresses: dict[str, str]

    def broker(self, user: str) -> Broker:
        """Of any service, or the provisioner. Not connected."""
        secret = self.secrets.get(user, {}).get("nats-password") or self.secrets["nats"]["provisioner-password"]
        return Broker(",".join(f"nats://{each}:4222" for each in self.addresses.values()), user, secret, name="test")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    documents = build("production")
    directory: Path = tmp_path_factory.mktemp("nats")
    for name, text in manifest(documents, "ConfigMap", "nats-")["data"].items():
        (directory / name).write_text(text)
    stateful_set = manifest(documents, "StatefulSet", "nats")
    assert stateful_set["spec"]["replicas"] == len(NODES)
    container = stateful_set["spec"]["template"]["spec"]["containers"][0]
    secrets = made_secrets()
    await docker("network", "create", NETWORK)
    try:
        for node in NODES:
            variables = [
                f"--env={name}={value}" for name, value in environment_of(container, secrets, pod=node).items()
            ]
            options = ["--network", NETWORK, "--network-alias", f"{node}.nats", "--name", f"{NETWORK}-{node}"]
            configuration = ["--volume", f"{directory}:/etc/nats:ro"]
            arguments = container["command"][1:]
            await docker("run", "--detach", "--read-only", *options, *variables, *configuration, str(IMAGE), *arguments)
        shown = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
        addresses = {node: await docker("inspect", "-f", shown, f"{NETWORK}-{node}") for node in NODES}
        yield Cluster(secrets, addresses)
    finally:
        for node in NODES:
            await docker("rm", "--force", "--volumes", f"{NETWORK}-{node}")
        await docker("network", "rm", NETWORK)


async def test_every_stream_has_three_copies_and_goes_on_with_two(cluster: Cluster) -> None:
    provisioner = cluster.broker("provisioner")
    await asyncio.wait_for(provisioner.connect(), 30)

    async def provisioned() -> None:
        try:
            await provision(provisioner.jetstream, replicas=3)
        except Exception as error:
            # Until a leader is chosen, JetStream answers in several ways that it is not there.
            raise AssertionError(str(error)) from error

    await eventually(provisioned, within=60, every=0.5)
    infos = [await provisioner.jetstream.stream_info(spec.name) for spec in STREAMS]
    assert {info.config.num_replicas for info in infos} == {3}
    assert {len(info.cluster.replicas or []) for info in infos if info.cluster} == {2}

    auth = cluster.broker("auth")
    await asyncio.wait_for(auth.connect(), 30)
    leader = next(info.cluster.leader for info in infos if info.config.name == "AUTH" and info.cluster)
    assert leader in NODES  # as KEDA will look for it: by the name of its pod
    await docker("kill", f"{NETWORK}-{leader}")

    async def published() -> int:
        try:
            answer = await auth.jetstream.publish("auth.thing.done.v1.x.y", b"{}", headers={"Nats-Msg-Id": "once"})
        except Exception as error:
            raise AssertionError(str(error)) from error
        return answer.seq

    assert await eventually(published, within=60, every=0.5) == 1
    await auth.close()
    await provisioner.close()


async def test_nobody_without_the_password_becomes_part_of_it(cluster: Cluster) -> None:
    intruder = Broker(f"nats://{cluster.addresses['nats-0']}:6222", "route", "guessed", name="intruder")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(intruder.connect(), 5)
