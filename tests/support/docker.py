"""Docker by its command line, for tests of images."""

import asyncio
import os

DOCKER = os.environ.get("DOCKER", "docker")


async def docker(*arguments: str) -> str:
    """What it prints. Raises AssertionError with what it complains of."""
    process = await asyncio.create_subprocess_exec(DOCKER, *arguments, stdout=-1, stderr=-1)
    output, complaint = await process.communicate()
    assert process.returncode == 0, f"docker {' '.join(arguments[:3])} …: {complaint.decode()}"
    return output.decode().strip()
