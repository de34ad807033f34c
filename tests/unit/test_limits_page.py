"""docs/security/limits.md has every limit, with the number that the code has."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import uuid4

from auth import rate_limits
from auth.invitation.document import MAX_OPEN_PER_INVITER, MAX_OPEN_PER_ORGANISATION
from auth.login import document, throttle
from auth.organisation.document import MAX_LOOSENING, RateLimits
from auth.session.commands import MAX_SESSIONS
from auth.settings import AuthSettings
from auth.user.document import CANCELLATION_LIFETIME, MAX_FORMER_EMAILS
from common.http.requests import MAX_BODY_BYTES
from common.mentions import MAX_MENTIONS
from common.messaging.topology import MEGABYTE, STREAMS
from common.rate_limits import AUTHENTICATED, GrowingDelay, RateLimit, format_seconds
from mailer.rendering import markdown
from mailer.sending import ticket_throttle
from mailer.settings import MailerSettings
from notifications.settings import NotificationsSettings
from stack.paths import CHECKOUT
from tickets.attachments import schemas
from tickets.attachments.commands import PENDING_TTL, UPLOAD_TIMEOUT
from tickets.attachments.quotas import UploadQuotas
from tickets.domain.date_range import MAX_DAYS
from tickets.domain.desk_settings import DeskSettings
from tickets.settings import TicketsSettings
from tickets.ticket import limits

PAGE = (CHECKOUT / "docs/security/limits.md").read_text()
ROWS = {row[0].strip("`"): row[1] for row in re.findall(r"^\| ([^|]+) \| ([^|]+) \|", PAGE, re.MULTILINE)}
CONSTRUCTED = re.compile(r'\b(?:RateLimit|GrowingDelay|Quota)\(\s*"([\w-]+)"')
NO_LIMIT = {"login_unlocked"}
"""A window in which other limits do not apply."""


def in_digits(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def per_window(amount: int, window: timedelta) -> str:
    return f"{in_digits(amount)} in {format_seconds(int(window.total_seconds()))}"


def constants() -> Iterator[RateLimit]:
    yield AUTHENTICATED
    for module in (rate_limits, throttle):
        yield from (value for value in vars(module).values() if isinstance(value, RateLimit))
    user = uuid4()
    for of_user in (rate_limits.code_per_user, rate_limits.password_per_user, rate_limits.verification_per_user):
        yield of_user(user)[0]


def of_organisations() -> Iterator[tuple[str, str]]:
    for name, calls in RateLimits().model_dump().items():
        window = throttle.TEN_MINUTES if name.startswith("login") else rate_limits.HOUR
        yield name, per_window(calls, window)
        if name.endswith("_per_ip"):
            yield f"{name}_everywhere", per_window(MAX_LOOSENING * calls, window)


def of_tickets_and_mails() -> Iterator[tuple[str, str]]:
    desk, quotas = DeskSettings(), UploadQuotas.of(TicketsSettings.model_construct())
    yield "ticket-creation", per_window(desk.ticket_creation_per_hour, limits.HOUR)
    by_address = limits.CUSTOMERS_PER_ADDRESS * desk.ticket_creation_per_hour
    yield "ticket-creation-address", per_window(by_address, limits.HOUR)
    yield "messages", per_window(desk.messages_per_hour, limits.HOUR)
    yield limits.CHANGES.name, per_window(limits.CHANGES.calls, limits.CHANGES.window)
    text = limits.TextQuota.of(TicketsSettings.model_construct()).quota
    yield text.name, per_window(text.amount, text.window)
    for quota in vars(quotas).values():
        yield quota.name, per_window(quota.amount, quota.window)
    yield "ticket-mails", per_window(MailerSettings.model_construct().mails_per_ticket, ticket_throttle.WINDOW)


def counts() -> Mapping[str, str]:
    [delay] = [value for value in vars(throttle).values() if isinstance(value, GrowingDelay)]
    longest = format_seconds(int(delay.longest.total_seconds()))
    return {
        **{limit.name: per_window(limit.calls, limit.window) for limit in constants()},
        **dict(of_organisations()),
        **dict(of_tickets_and_mails()),
        delay.name: f"{delay.free} without a delay, then 1 s, 2 s, 4 s … {longest}",
    }


def test_each_count_is_on_the_page_with_its_limit() -> None:
    expected = {name: limit for name, limit in counts().items() if name not in NO_LIMIT}
    assert {name: ROWS.get(name) for name in expected} == expected


def test_no_limit_of_the_code_is_missing_among_them() -> None:
    sources = [*CHECKOUT.glob("services/*/src/**/*.py"), *CHECKOUT.glob("libs/*/src/**/*.py")]
    constructed = {name for path in sources for name in CONSTRUCTED.findall(path.read_text())}
    assert constructed
    assert constructed - counts().keys() == set()


def test_numbers_sizes_and_times_are_those_of_the_code() -> None:
    auth, tickets = AuthSettings.model_construct(), TicketsSettings.model_construct()
    notifications = NotificationsSettings.model_construct()
    sizes = {stream.name.partition("_")[0]: stream.max_bytes // MEGABYTE for stream in STREAMS}
    challenge, upload = (
        format_seconds(int(period.total_seconds())) for period in (document.CHALLENGE_LIFETIME, UPLOAD_TIMEOUT)
    )
    expected = {
        "password hashes that wait": f"{auth.password_hashing_wait_seconds:g} s of work, then 503",
        "guesses of one login that waits for a code": f"{document.MAX_ATTEMPTS}, within {challenge}",
        "active sessions of a user": f"{MAX_SESSIONS}; a further login ends the oldest",
        "open invitations of an inviter": f"{in_digits(MAX_OPEN_PER_INVITER)}; a further one is 409",
        "open invitations of an organisation": f"{in_digits(MAX_OPEN_PER_ORGANISATION)}; a further one is 409",
        "live streams of a person on a replica": (
            f"{notifications.streams_per_person}, each for {format_seconds(int(notifications.stream_seconds))}"
        ),
        "request body": f"{in_digits(MAX_BODY_BYTES)} bytes",
        "file": f"{schemas.MAX_BYTES // MEGABYTE} MB",
        "files that wait for a message, per person and ticket": (
            f"{schemas.MAX_PER_MESSAGE}, for {PENDING_TTL // timedelta(hours=1)} h"
        ),
        "upload": f"{upload}, and {tickets.upload_idle_seconds:g} s without data",
        "mentions of a message": str(MAX_MENTIONS),
        "Markdown of a message": (
            f"{in_digits(markdown.MAX_STEPS)} steps, {markdown.MAX_DEPTH} levels, {in_digits(markdown.MAX_HTML)} "
            "characters of HTML; a text beyond is shown as typed"
        ),
        "changes of the address that can be undone": f"{MAX_FORMER_EMAILS}, each for {CANCELLATION_LIFETIME.days} days",
        "days of a report": str(MAX_DAYS),
        "stream of events": f"{sizes['TICKETS']} MB; when it is full, events wait in their documents",
        "stream of dead letters or replays": f"{sizes['DEAD']} MB",
    }
    assert sizes["DEAD"] == sizes["REPLAYS"]
    assert {name: ROWS.get(name) for name in expected} == expected
