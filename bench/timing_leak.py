"""Cases that compare response times with and without an account: a difference would reveal who has one."""

import random
import time
from collections import Counter
from collections.abc import Mapping

from bench.case import RunConfig, RunRound
from bench.dataset import Dataset
from bench.environment import Environment
from bench.http_client import Connection, build_request
from bench.measurement import Round

UNKNOWN_EMAIL = "nobody@helpdesk.example"


async def failed_login(environment: Environment, dataset: Dataset, config: RunConfig) -> RunRound:
    """An unknown address against a known one with a wrong password."""

    def log_in(email: str) -> str:
        return build_request("POST", "/api/v1/auth/login", body={"email": email, "password": "not the password"})

    requests = {"unknown account": log_in(UNKNOWN_EMAIL), "wrong password": log_in(dataset.customer.email)}
    return _measure_interleaved(environment, config, requests, 401)


async def forgotten_password(environment: Environment, dataset: Dataset, config: RunConfig) -> RunRound:
    """An unknown address against a known one."""

    def request_reset(email: str) -> str:
        return build_request("POST", "/api/v1/auth/forgot-password", body={"email": email})

    requests = {"unknown account": request_reset(UNKNOWN_EMAIL), "known account": request_reset(dataset.customer.email)}
    return _measure_interleaved(environment, config, requests, 202)


def _measure_interleaved(
    environment: Environment, config: RunConfig, requests: Mapping[str, str], expected: int
) -> RunRound:
    """One request at a time, the variants in random order, so that noise affects both alike."""

    async def run_round() -> Mapping[str, Round]:
        connection = Connection(environment.helpdesk_port)
        latencies: dict[str, list[float]] = {variant: [] for variant in requests}
        errors: dict[str, Counter[str]] = {variant: Counter() for variant in requests}
        ends_at = time.monotonic() + config.warm_up + config.seconds * len(requests)
        while time.monotonic() < ends_at:
            for variant in random.sample([*requests], len(requests)):
                response = await connection.send(requests[variant])
                if response.status == expected:
                    latencies[variant].append(response.latency_ns / 1e6)
                else:
                    errors[variant][str(response.status)] += 1
        connection.close()
        # The first response of each variant is the warm-up.
        return {variant: Round(latencies[variant][1:], errors=errors[variant]) for variant in requests}

    return run_round
