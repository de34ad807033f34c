"""The drill: fill, back up, destroy, restore, compare."""

import asyncio
import json
import os
import re
import shutil
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.services import SERVICES
from stack import secrets
from stack.drill.desk import Desk
from stack.errors import StepFailed
from stack.options import Options
from stack.paths import Paths
from stack.topology import assemble

START_SECONDS = 180
DESTROYED = ("mongod", "nats", "maildev")
"""Below the data directory."""


@dataclass(frozen=True)
class Drill:
    """In a separate data directory, which must be empty. `tickets` is how many are created before the backup."""

    data: Path
    http_port: int
    tickets: int

    async def run(self) -> None:
        """Raises StepFailed at the first difference."""
        self.data.mkdir(parents=True, exist_ok=True)
        if any(self.data.iterdir()):
            raise StepFailed(
                f"{self.data} is not empty, and the drill destroys its contents; choose another with --data-dir"
            )
        (self.data / "backups").mkdir()
        recipient = await self._new_key()
        async with self._stack() as stack, Desk.open(stack) as desk:
            _log(f"fill: {self.tickets} tickets with a reply each, and an invalid event")
            await desk.work(self.tickets, "Before the backup")
            await desk.publish_invalid_event()
            await desk.settled()
            before = await desk.snapshot()
            _log(f"back up {before.summary()}, while people continue to work")
            working = asyncio.create_task(desk.work(max(self.tickets // 5, 10), "During the backup"))
            await self._make_backup_user(stack)
            began = time.time()
            backup = await self._back_up(stack, recipient)
            _log(f"{backup.name}: {backup.stat().st_size:,} bytes in {time.time() - began:.1f} s")
            await working
            await desk.work(10, "After the backup")
        lost_at = time.time()
        for name in DESTROYED:
            shutil.rmtree(self.data / name)
        _log(f"destroy: {', '.join(DESTROYED)} are deleted; the secrets and the backup are left")
        async with self._stack("--servers-only") as stack:
            output = await self._restore(stack, backup)
            _log(f"restore: {output.splitlines()[0]}")
            for service in SERVICES:
                _log(await self._replay(service, output))
        async with self._stack("--no-seed") as stack, Desk.open(stack) as desk:
            await desk.settled()
            back_at = time.time()
            after = await desk.snapshot()
            if problems := after.problems(before):
                raise StepFailed("\n".join(["compare: these differ:", *problems]))
            if any(ticket["title"].startswith("After") for ticket in after.tickets.values()):
                raise StepFailed("compare: a ticket that was created after the backup is there")
            if doubled := [subject for subject in await desk.mails() if "Before the backup" in subject]:
                raise StepFailed(f"compare: sent again: {', '.join(doubled)}")
            _log(f"compare: {after.summary()}; everything is as before the backup, and nobody was notified twice")
            await desk.work(5, "After the restore")
            await desk.settled()
            _log("work continues: new tickets are created, answered and notified about")
        print(
            f"\nRPO {lost_at - began:6.1f} s  of work are lost: everything after the start of the backup"
            f"\nRTO {back_at - lost_at:6.1f} s  from the loss until every service is ready and has caught up"
        )

    @asynccontextmanager
    async def _stack(self, *arguments: str) -> AsyncIterator[dict[str, Any]]:
        """Yields its description, as in stack.json, and stops it afterwards."""
        description = self.data / "stack.json"
        with (self.data / "up.log").open("ab") as log:
            command = (sys.executable, "-m", "stack", "up", "--data-dir", str(self.data), *arguments)
            environment = {**os.environ, "HELPDESK_PORT": str(self.http_port), "HELPDESK_RATE_LIMITS": "off"}
            process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=log, stderr=log)
        try:
            async with asyncio.timeout(START_SECONDS):
                while not description.exists():
                    if process.returncode is not None:
                        raise StepFailed(f"the stack did not start: see {self.data}/up.log")
                    await asyncio.sleep(0.1)
            yield json.loads(description.read_text())
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()

    async def _new_key(self) -> str:
        """Returns the recipient. The identity is in a file, which only the restore reads."""
        key = await _output({}, "backup", "keygen")
        secrets.write_private(self._key, key)
        return key.partition("RECIPIENT=")[2].split()[0]

    async def _make_backup_user(self, stack: Mapping[str, Any]) -> None:
        environment = {
            "HELPDESK_MONGO_ADMIN_URL": stack["mongo_url"],
            "HELPDESK_MONGO_URL_BACKUP": self._mongo_url_of_backup(stack),
        }
        await _output(environment, "common.databases", "provision")

    async def _back_up(self, stack: Mapping[str, Any], recipient: str) -> Path:
        environment = self._nats_of("backup", stack) | {
            "HELPDESK_ENVIRONMENT": "local",
            "HELPDESK_MONGO_URL": self._mongo_url_of_backup(stack),
            "HELPDESK_BACKUP_RECIPIENT": recipient,
            "HELPDESK_BACKUP_DIRECTORY": str(self.data / "backups"),
        }
        return Path((await _output(environment, "backup", "run")).splitlines()[0])

    async def _restore(self, stack: Mapping[str, Any], backup: Path) -> str:
        environment = self._nats_of("provisioner", stack) | {"HELPDESK_MONGO_ADMIN_URL": stack["mongo_url"]}
        return await _output(environment, "backup", "restore", str(backup), "--key", str(self._key))

    async def _replay(self, service: str, output: str) -> str:
        """Runs the command that the restore printed."""
        command = re.search(rf"python -m {service} (replay --to stream --since \S+)", output)
        if command is None:
            raise StepFailed(f"the restore printed no replay command for {service}:\n{output}")
        options = Options(data=self.data, http_port=self.http_port, rate_limits="off")
        assembled = assemble(options, Paths(self.data), secrets.load_or_generate(Paths(self.data).secrets))
        environment = assembled.environments.of_service(service, assembled.ports.service(service))
        return f"{service}: {(await _output(environment, service, *command[1].split())).strip()}"

    def _nats_of(self, user: str, stack: Mapping[str, Any]) -> dict[str, str]:
        return {
            "HELPDESK_NATS_URL": stack["nats_url"],
            "HELPDESK_NATS_USER": user,
            "HELPDESK_NATS_PASSWORD": stack["nats_users"][user],
        }

    def _mongo_url_of_backup(self, stack: Mapping[str, Any]) -> str:
        """With the password of the NATS user: any secret serves."""
        address = stack["mongo_url"].partition("@")[2]
        return f"mongodb://backup:{stack['nats_users']['backup']}@{address}"

    @property
    def _key(self) -> Path:
        return self.data / "backup.key"


async def _output(environment: Mapping[str, str], *command: str) -> str:
    """Of `python -m …`. Raises StepFailed with its error output where it fails."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *command),
        env={"PATH": os.environ["PATH"], **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, problem = await process.communicate()
    if process.returncode:
        raise StepFailed(f"python -m {' '.join(command)}: {problem.decode().strip()}")
    return output.decode()


def _log(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {line}", flush=True)
