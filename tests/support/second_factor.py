"""An app for one-time codes, as somebody has it on their telephone."""

from dataclasses import dataclass, field

import httpx

from auth.domain import totp
from common import clock
from tests.support.desk import ok
from tests.support.people import PASSWORD, Person
from tests.support.services import RunningService


@dataclass
class App:
    """Gives a code that was not used yet: the next step's one where need be, which is accepted one step early."""

    key: str
    recovery_codes: list[str] = field(default_factory=list)
    used: int = 0

    def code(self) -> str:
        """A fresh one, good for 30 s at least. At most two in that time."""
        self.used = max(self.used + 1, totp.time_step(clock.now()))
        return totp.generate_code(self.key, self.used)

    def wrong_code(self) -> str:
        """None of those that count now."""
        now = totp.time_step(clock.now())
        right = {totp.generate_code(self.key, now + off) for off in range(-2, 3)}
        return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in right)


async def begin(auth: RunningService, person: Person) -> App:
    """A new app, which is not shown to work yet."""
    answer = await auth.http.post("/api/v1/auth/mfa/totp", headers=person.headers)
    return App(ok(answer, 201)["secret"])


async def confirm(auth: RunningService, person: Person, code: str) -> httpx.Response:
    """Shows that it works."""
    return await auth.http.post("/api/v1/auth/mfa/totp/confirm", json={"code": code}, headers=person.headers)


async def set_up(auth: RunningService, person: Person) -> App:
    """A second factor that is on."""
    app = await begin(auth, person)
    app.recovery_codes = ok(await confirm(auth, person, app.code()))["recovery_codes"]
    return app


async def first_step(auth: RunningService, person: Person, organisation: str = "default") -> str:
    """What a log-in with the right password gives somebody with a second factor."""
    body = {"email": person.email, "password": PASSWORD, "organisation": organisation}
    answer = ok(await auth.http.post("/api/v1/auth/login", json=body))
    assert answer["mfa_required"] is True
    assert set(answer) == {"mfa_required", "mfa_token"}
    token = answer["mfa_token"]
    assert isinstance(token, str)
    return token


async def second_step(auth: RunningService, token: str, code: str) -> httpx.Response:
    """Finishes a log-in."""
    return await auth.http.post("/api/v1/auth/login/mfa", json={"mfa_token": token, "code": code})
