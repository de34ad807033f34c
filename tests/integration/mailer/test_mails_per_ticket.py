"""A busy conversation does not fill a mailbox: beyond a limit, one mail stands for all."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from common import clock
from common.audiences import Audience
from common.events import Envelope, FieldChange
from common.events.mailer import EmailSuppressed
from common.events.notifications import PreferencesUpdated
from common.ids import new_id
from tests.support.mailer_fixture import MailerFixture, address_of, email_request, mail_id_of, part
from tests.support.messaging import envelope_of
from tests.support.services import Installation
from tests.support.smtp import RecordingSmtp

ALLOWED, MANY = 3, 12


def about_one_ticket(count: int) -> list[Envelope]:
    """Requests of as many replies, to the same person."""
    first, ticket = email_request(), new_id()
    recipient = first.data["recipient"]
    requests = []
    for number in range(count):
        request = email_request(
            ticket_id=ticket,
            organisation_id=first.organisation_id,
            unsubscribe_token="token",
            body=f"Reply {number}.",
        )
        requests.append(request.model_copy(update={"data": {**request.data, "recipient": recipient}}))
    return requests


async def test_of_many_mails_about_a_ticket_some_go_at_once_and_one_more_for_all_the_others(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    settings: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "mails_per_ticket": ALLOWED}
    async with installation.run("mailer", **settings) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        requests, other = about_one_ticket(MANY), email_request()
        for request in requests:
            await room.ask(request)
            await room.until(request, is_sent_or_waits)
        await room.ask(other)

        await room.became(other, "sent")
        statuses = [(await room.entry(request))["status"] for request in requests]
        assert statuses == ["sent"] * ALLOWED + ["suppressed"] * (MANY - ALLOWED - 1) + ["queued"]
        superseded = await room.entry(requests[-2])
        assert superseded["last_error"] == "superseded"
        # What waits may be redacted meanwhile, and the recipient may unsubscribe.
        assert "Reply 11." not in str(await room.entry(requests[-1]))

        await next_hour(mailer.db)
        await room.became(requests[-1], "sent")

        mails = smtp.to(address_of(requests[0]))
        assert len(mails) == ALLOWED + 1
        for shown in (part(mails[-1], "plain"), part(mails[-1], "html")):
            assert "Reply" not in shown
            assert "Alex Agent" in shown
            assert "open the ticket to see everything" in shown
        assert "open the ticket to see everything" not in part(mails[0], "plain")


async def test_mails_that_exceed_the_limit_together_leave_one_too(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    settings: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "mails_per_ticket": ALLOWED}
    async with installation.run("mailer", **settings) as one, installation.run("mailer", **settings):
        room = MailerFixture(installation, one, smtp)
        requests = about_one_ticket(MANY)
        await room.ask(*requests)
        await asyncio.gather(*(room.until(each, is_sent_or_waits) for each in requests))

        await next_hour(one.db)
        await asyncio.gather(
            *(room.until(each, lambda entry: entry["status"] in ("sent", "suppressed")) for each in requests)
        )

        assert len(smtp.to(address_of(requests[0]))) == ALLOWED + 1


async def test_after_the_one_mail_for_all_none_that_it_stands_for_says_that_it_is_the_latest(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    settings: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "mails_per_ticket": ALLOWED}
    async with installation.run("mailer", **settings) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        requests = about_one_ticket(ALLOWED + 2)
        for request in requests:
            await room.ask(request)
            await room.until(request, is_sent_or_waits)
        await next_hour(mailer.db)
        await room.became(requests[-1], "sent")

        again = {"$set": {"status": "queued", "due_at": clock.now()}}
        await mailer.db["mails"].update_one({"_id": mail_id_of(requests[-2])}, again)

        entry = await room.until(requests[-2], lambda entry: entry["status"] in ("sent", "suppressed"))
        assert entry["last_error"] == "superseded"
        assert len(smtp.to(address_of(requests[0]))) == ALLOWED + 1


async def waiting_bundle(room: MailerFixture) -> Envelope:
    """The newest of many requests about a ticket: its mail waits for the next hour."""
    requests = about_one_ticket(ALLOWED + 1)
    for request in requests:
        await room.ask(request)
        await room.until(request, is_sent_or_waits)
    assert (await room.entry(requests[-1]))["bundled"]
    return requests[-1]


def choice(request: Envelope, *, sequence: int, when: str | None, scope: str = "mine") -> Envelope:
    """The event that the recipient of the request chose this for mails of its kind."""
    key = f"{request.data['kind']}.{scope}.email"
    changes = {key: FieldChange(before=None, after=when)}
    return envelope_of(
        PreferencesUpdated(changes=changes),
        UUID(request.data["recipient"]["id"]),
        sequence=sequence,
        organisation_id=request.organisation_id,
    )


async def test_a_mail_that_waits_is_not_sent_to_somebody_who_has_unsubscribed_from_its_kind(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    settings: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "mails_per_ticket": ALLOWED}
    async with installation.run("mailer", **settings) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        off, on_again, another_scope = [await waiting_bundle(room) for _ in range(3)]
        mandatory = email_request("password_changed")
        await room.ask(choice(off, sequence=1, when="never"))
        await room.ask(choice(on_again, sequence=2, when="immediately"))
        await room.ask_again(choice(on_again, sequence=1, when="never"))  # an older event that arrives later
        await room.ask(choice(another_scope, sequence=1, when="never", scope="unassigned"))
        await room.settle()

        await next_hour(mailer.db)

        entry = await room.became(off, "suppressed")
        assert entry["last_error"] == "unsubscribed"
        assert [event.data["reason"] for event in await room.events(off) if event.type == EmailSuppressed.type] == [
            "unsubscribed"
        ]
        for wanted in (on_again, another_scope):
            await room.became(wanted, "sent")
            assert len(smtp.to(address_of(wanted))) == ALLOWED + 1
        assert len(smtp.to(address_of(off))) == ALLOWED
        await room.ask(mandatory)
        await room.became(mandatory, "sent")


async def test_a_mail_that_is_not_sent_to_somebody_who_unsubscribed_takes_no_news_of_another_kind_with_it(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    settings: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "mails_per_ticket": ALLOWED}
    async with installation.run("mailer", **settings) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        replied = await waiting_bundle(room)
        changed = email_request(
            "status_changed",
            audience=Audience.REQUESTER,
            ticket_id=UUID(replied.data["ticket_id"]),
            organisation_id=replied.organisation_id,
            unsubscribe_token="token",
        )
        changed = changed.model_copy(update={"data": {**changed.data, "recipient": replied.data["recipient"]}})
        await room.ask(changed)
        await room.until(changed, is_sent_or_waits)
        await room.ask(choice(changed, sequence=1, when="never"))
        await room.settle()

        await next_hour(mailer.db)

        await room.became(changed, "suppressed")
        await room.became(replied, "sent")


async def test_a_mail_that_was_requested_after_the_recipient_unsubscribed_is_sent(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    async with installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        request = email_request(unsubscribe_token="token")
        await room.ask(choice(request, sequence=1, when="never"))
        await room.settle()

        await room.ask(request.model_copy(update={"time": clock.now() + timedelta(seconds=1)}))

        await room.became(request, "sent")


def is_sent_or_waits(entry: dict[str, Any]) -> bool:
    return entry["status"] in ("sent", "suppressed") or (entry["status"] == "queued" and entry["bundled"])


async def next_hour(db: Any) -> None:
    """Moves the end of the hour, and the mails that wait for it, into the past."""
    earlier = clock.now() - timedelta(seconds=1)
    await db["rate_limits"].update_many({}, {"$set": {"ends_at": earlier}})
    await db["mails"].update_many({"status": "queued"}, {"$set": {"due_at": earlier}})
