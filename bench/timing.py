"""Whether the time of an answer says who has an account."""

import random
import time
from collections.abc import Mapping

from bench.case import Case, Effort, Turn
from bench.connection import Connection, request
from bench.desk import Desk
from bench.ground import Ground
from bench.measure import Round


async def log_in(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """With an address that nobody has, and with a wrong password."""

    def attempt(email: str) -> bytes:
        return request("POST", "/api/v1/auth/login", body={"email": email, "password": "not the password"})

    asked = {"unknown account": attempt("nobody@helpdesk.example"), "wrong password": attempt(desk.customer.email)}
    return Case("login-timing", "A log-in that fails", _in_turn(ground, effort, asked, 401), alike=True)


async def forgotten_password(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """The same of asking for a new password."""

    def forgot(email: str) -> bytes:
        return request("POST", "/api/v1/auth/forgot-password", body={"email": email})

    asked = {"unknown account": forgot("nobody@helpdesk.example"), "known account": forgot(desk.customer.email)}
    return Case("forgot-timing", "A forgotten password", _in_turn(ground, effort, asked, 202), alike=True)


def _in_turn(ground: Ground, effort: Effort, asked: Mapping[str, bytes], expected: int) -> dict[str, Turn]:
    """One request at a time, of each side by turns, so that whatever else the machine does hits all alike. They are
    measured together in the first side's turn."""
    measured: dict[str, Round] = {}

    async def together() -> None:
        connection = Connection(ground.door)
        latencies: dict[str, list[float]] = {side: [] for side in asked}
        errors: dict[str, dict[str, int]] = {side: {} for side in asked}
        ends_at = time.monotonic() + effort.warm_up + effort.seconds * len(asked)
        while time.monotonic() < ends_at:
            for side in random.sample([*asked], len(asked)):
                answer = await connection.ask(asked[side])
                if answer.status == expected:
                    latencies[side].append(answer.nanoseconds / 1e6)
                else:
                    errors[side][str(answer.status)] = errors[side].get(str(answer.status), 0) + 1
        connection.close()
        # The first of each warms up and does not count.
        measured.update({side: Round(latencies=latencies[side][1:], errors=errors[side]) for side in asked})

    def turn_of(side: str) -> Turn:
        async def turn() -> Round:
            if side == next(iter(asked)):
                await together()
            return measured[side]

        return turn

    return {side: turn_of(side) for side in asked}
