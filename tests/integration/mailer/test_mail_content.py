"""What a mail says and how it says it, as it arrives."""

from uuid import UUID

import pytest

from common.ids import new_id
from tests.support.mailer_fixture import MailerFixture, address_of, email_request, part

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_reply_arrives_as_text_and_html_with_all_its_headers(room: MailerFixture) -> None:
    ticket = new_id()
    request = email_request("replied", ticket_id=ticket, title="Printer", body="Use *water*.")

    await room.ask(request)
    mail = await room.delivered(request)

    assert mail["Subject"] == "[#7] Printer"
    assert mail["From"] == "Helpdesk <support@helpdesk.example>"
    assert mail["To"] == f"Casey Customer <{address_of(request)}>"
    assert mail["Message-ID"] == f"<{request.aggregate_id}@helpdesk.example>"
    assert mail["In-Reply-To"] == mail["References"] == f"<ticket-{ticket}@helpdesk.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] is not None
    assert mail.get_content_type() == "multipart/alternative"
    text, html = part(mail, "plain"), part(mail, "html")
    for body in (text, html):
        assert "Casey Customer" in body
        assert "Alex Agent" in body
        assert f"/tickets/{ticket}" in body
    assert "Use *water*." in text
    assert "Use <em>water</em>." in html


@pytest.mark.parametrize(
    ("kind", "subject", "said"),
    [
        ("welcome", "Welcome to Helpdesk, Casey Customer", "Your account is ready"),
        ("status_changed", "[#7] Printer", "in progress"),
    ],
)
async def test_each_other_kind_arrives_too(room: MailerFixture, kind: str, subject: str, said: str) -> None:
    request = email_request(kind)

    await room.ask(request)
    mail = await room.delivered(request)

    assert mail["Subject"] == subject
    assert said in part(mail, "plain")
    assert said in part(mail, "html")


async def test_mails_about_one_ticket_are_one_conversation_and_a_welcome_is_none(room: MailerFixture) -> None:
    ticket = new_id()
    first, second, other, welcome = (
        email_request("replied", ticket_id=ticket),
        email_request("status_changed", ticket_id=ticket),
        email_request("replied"),
        email_request("welcome"),
    )

    await room.ask(first, second, other, welcome)

    threads = [(await room.delivered(request))["References"] for request in (first, second, other, welcome)]
    assert threads[0] == threads[1]
    assert threads[2] not in (None, threads[0])
    assert threads[3] is None


async def test_what_a_customer_typed_is_shown_in_a_mail_and_never_runs(room: MailerFixture) -> None:
    request = email_request(
        title="<b>Title</b> & more",
        actor="<i>Eve</i>",
        name='Casey "<u>C.</u>"',
        body="<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) **bold**",
    )

    await room.ask(request)
    html = part(await room.delivered(request), "html")

    for harmful in ("<script", "<img", "<b>Title", "<i>Eve", "<u>C.", 'href="javascript:'):
        assert harmful not in html
    for shown in ("&lt;script&gt;", "&lt;b&gt;Title&lt;/b&gt; &amp; more", "&lt;i&gt;Eve", "<strong>bold</strong>"):
        assert shown in html


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x00"])
async def test_a_line_break_in_a_title_or_name_makes_no_header_and_no_recipient(
    room: MailerFixture, line_break: str
) -> None:
    injected = f"{line_break}Bcc: eve@example.org{line_break}X-Injected: yes{line_break * 2}body"
    request = email_request(title=f"Printer{injected}", name=f"Casey{injected}")

    await room.ask(request)
    mail = await room.delivered(request)

    assert mail["Bcc"] is None
    assert mail["X-Injected"] is None
    assert "\n" not in mail["Subject"]
    space = "" if line_break == "\0" else " "
    assert mail["Subject"].startswith(f"[#7] Printer{space}Bcc: eve@example.org")
    assert room.smtp.tried["eve@example.org"] == 0
    assert [str(address.addr_spec) for address in mail["To"].addresses] == [address_of(request)]


async def test_letters_of_any_language_arrive_as_they_were_typed(room: MailerFixture) -> None:
    request = email_request(title="Drucker brennt 🔥", name="Jörg Müller", body="Wasser hilft nicht – 消えない")

    await room.ask(request)
    mail = await room.delivered(request)

    assert mail["Subject"] == "[#7] Drucker brennt 🔥"
    assert [address.display_name for address in mail["To"].addresses] == ["Jörg Müller"]
    assert "消えない" in part(mail, "plain")
    assert "消えない" in part(mail, "html")


async def test_lines_of_any_length_and_a_lone_dot_arrive_whole(room: MailerFixture) -> None:
    body = "\n".join(["x" * 5000, ".", "..", "after the dots"])
    request = email_request(body=body)

    await room.ask(request)
    mail = await room.delivered(request)

    assert body.splitlines() == part(mail, "plain").splitlines()[4:8]
    raw = next(raw for raw in room.smtp.raw if address_of(request).encode() in raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998


async def test_the_ledger_says_sent_and_so_does_an_event(room: MailerFixture) -> None:
    request = email_request()

    await room.ask(request)
    entry = await room.became(request, "sent")

    assert (entry["attempts"], entry["last_error"]) == (1, None)
    assert entry["created_at"] <= entry["sent_at"]
    [sent] = await room.events(request)
    assert sent.action == "email.sent"
    assert sent.organisation_id == request.organisation_id
    assert UUID(sent.data["recipient_id"]) == UUID(request.data["recipient"]["id"])
    assert (sent.data["message_id"], sent.data["attempts"]) == (f"<{request.aggregate_id}@helpdesk.example>", 1)
