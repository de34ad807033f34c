"""A flood of wrong logins from many addresses, against auth in a process of its own with the production hash."""

import asyncio
import os
import re
import time

import httpx
import pytest

from tests.support.credentials import device_cookie, with_device
from tests.support.desk import ok
from tests.support.people import PASSWORD, make_agent
from tests.support.services import Installation
from tests.support.subprocesses import replica

FLOOD = 240 if os.environ.get("HELPDESK_SOAK") == "1" else 60
ROUNDS = 5 if os.environ.get("HELPDESK_SOAK") == "1" else 1


async def resident_megabytes(http: httpx.AsyncClient) -> float:
    found = re.search(r"^process_resident_memory_bytes (\S+)$", (await http.get("/metrics")).text, re.MULTILINE)
    assert found is not None
    return float(found[1]) / 1e6


@pytest.mark.soak
async def test_a_known_device_logs_in_during_a_flood_and_memory_stays_flat(installation: Installation) -> None:
    async with installation.run("auth", rate_limits=False) as auth:
        alex = await make_agent(auth, "Alex Agent")
    async with replica(installation, "auth", trusted_proxies=1) as http:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=http.base_url, timeout=60, limits=limits) as client:

            async def log_in(ip: str, password: str, device: str = "") -> httpx.Response:
                body = {"email": alex.email, "password": password}
                headers = {"X-Forwarded-For": ip, **with_device(device)}
                return await client.post("/api/v1/auth/login", json=body, headers=headers)

            async def guess(number: int) -> httpx.Response:
                body = {"email": f"nobody{number}@example.org", "password": "a wrong guess"}
                headers = {"X-Forwarded-For": f"203.0.{number // 250}.{number % 250 + 1}"}
                return await client.post("/api/v1/auth/login", json=body, headers=headers)

            device = device_cookie(await log_in("198.51.100.7", PASSWORD))
            before = await resident_megabytes(http)
            for round_ in range(ROUNDS):
                flood = [asyncio.create_task(guess(round_ * FLOOD + number)) for number in range(FLOOD)]
                await asyncio.sleep(0)
                started = time.perf_counter()
                answer = await log_in("198.51.100.7", PASSWORD, device)
                seconds = time.perf_counter() - started
                unanswered = sum(not task.done() for task in flood)
                answers = await asyncio.gather(*flood)
                statuses = {status: sum(each.status_code == status for each in answers) for status in (401, 429, 503)}
                owner = f"the known device after {seconds:.2f} s, {unanswered} of them unanswered"
                print(f"{FLOOD} wrong logins: {statuses}; {owner}; load {os.getloadavg()[0]:.1f}")  # noqa: T201

                ok(answer)
                assert sum(statuses.values()) == FLOOD
                assert all(int(each.headers["Retry-After"]) >= 1 for each in answers if each.status_code != 401)
            after = await resident_megabytes(http)
            print(f"memory: {before:.0f} MB before, {after:.0f} MB after")  # noqa: T201
            assert after < before + 200  # two hashes at work take 128 MiB
