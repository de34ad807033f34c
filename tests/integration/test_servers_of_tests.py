"""What all other tests are built on."""

import asyncio

import pytest

from tests.support.servers import Servers

SEEN = pytest.StashKey[str]()


@pytest.mark.parametrize("test", ["one test", "the next"])
async def test_the_servers_stay_for_the_whole_session(
    servers: Servers, request: pytest.FixtureRequest, test: str
) -> None:
    """Starting them for each test is hardly noticed, but adds up to minutes."""
    assert request.config.stash.setdefault(SEEN, servers.mongo_url) == servers.mongo_url, f"other ones for {test}"


async def test_tests_run_in_the_loop_that_services_run_in() -> None:
    assert type(asyncio.get_running_loop()).__module__ == "uvloop"
