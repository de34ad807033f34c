"""What is said about a ticket: replies, internal notes, their order, and what they do to the ticket."""

import asyncio
import itertools

import pytest

from common.events.tickets import MessagePosted
from tests.support.desk import Desk, problem
from tests.support.people import make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_reply_is_in_the_conversation_with_who_wrote_it(desk: Desk) -> None:
    ticket = await desk.ticket()

    written = await desk.wrote(desk.customer, ticket, "It *still* burns.")

    assert written["author"] == {"id": str(desk.customer.id), "name": desk.customer.name}
    assert (written["body"], written["visibility"], written["channel"]) == ("It *still* burns.", "public", "api")
    assert written["ticket_id"] == ticket["id"]
    assert await desk.conversation(desk.agent, ticket) == {"items": [written], "next_cursor": None}
    after = await desk.get(desk.customer, ticket)
    assert (after["message_count"], after["last_message_at"]) == (1, written["created_at"])


async def test_a_message_says_whether_staff_wrote_it_whatever_the_author_is_called(desk: Desk) -> None:
    impostor = await make_person(desk.auth, "customer", "Helpdesk Support", desk.organisation)
    await desk.knows(impostor)
    ticket = await desk.ticket(impostor)

    await desk.wrote(impostor, ticket)
    await desk.wrote(desk.agent, ticket)

    listed = (await desk.conversation(impostor, ticket))["items"]
    assert [(each["author"]["name"], each["from_staff"]) for each in listed] == [
        (impostor.name, False),
        (desk.agent.name, True),
    ]


async def test_a_text_keeps_the_spaces_of_its_first_line(desk: Desk) -> None:
    code = "    print(1)\n    print(2)\n"
    ticket = await desk.ticket(description=code)

    assert ticket["description"] == code
    assert (await desk.wrote(desk.customer, ticket, code))["body"] == code
    assert (await desk.changed(desk.customer, ticket, description=f"  {code}"))["description"] == f"  {code}"


@pytest.mark.parametrize("blank", ["", " ", "\n\t \u3000"])
async def test_a_text_of_blanks_is_refused(desk: Desk, blank: str) -> None:
    ticket = await desk.ticket()

    problem(await desk.write(desk.customer, ticket, blank), 422, "invalid")
    problem(await desk.create(desk.customer, description=blank), 422, "invalid")


@pytest.mark.parametrize("status", ["pending", "resolved", "closed"])
async def test_a_customers_reply_brings_a_ticket_back(desk: Desk, status: str) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), status)

    await desk.wrote(desk.customer, ticket)

    after = await desk.get(desk.customer, ticket)
    assert (after["status"], after["resolved_at"]) == ("open", None)
    assert [event.action for event in await desk.logged_events(ticket, length=4)] == [
        "ticket.created",
        "ticket.status_changed",
        "message.posted",
        "ticket.status_changed",
    ]


@pytest.mark.parametrize("status", ["open", "in_progress"])
async def test_a_customers_reply_leaves_a_ticket_somebody_works_on_as_it_is(desk: Desk, status: str) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), status)

    await desk.wrote(desk.customer, ticket)

    assert (await desk.get(desk.customer, ticket))["status"] == status


async def test_an_agents_first_reply_opens_a_new_ticket_and_is_the_first_response(desk: Desk) -> None:
    ticket = await desk.ticket()
    await desk.wrote(desk.customer, ticket)
    assert (await desk.get(desk.customer, ticket))["first_response_at"] is None

    first = await desk.wrote(desk.agent, ticket)
    await desk.wrote(desk.agent, ticket)

    after = await desk.get(desk.customer, ticket)
    assert (after["status"], after["first_response_at"]) == ("open", first["created_at"])


@pytest.mark.parametrize("status", ["in_progress", "pending", "resolved", "closed"])
async def test_an_agents_reply_moves_nothing_but_a_new_ticket(desk: Desk, status: str) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), status)

    await desk.wrote(desk.agent, ticket)

    assert (await desk.get(desk.agent, ticket))["status"] == status


async def test_for_a_customer_internal_notes_do_not_exist(desk: Desk) -> None:
    ticket = await desk.ticket()
    reply = await desk.wrote(desk.customer, ticket, "Any news?")
    before = await desk.get(desk.customer, ticket)

    note = await desk.wrote(desk.agent, ticket, "Tell them nothing.", visibility="internal")

    assert (await desk.conversation(desk.customer, ticket))["items"] == [reply]
    assert (await desk.conversation(desk.agent, ticket))["items"] == [reply, note]
    after = await desk.get(desk.customer, ticket)
    assert {**after, "version": 0} == {**before, "version": 0}


async def test_an_internal_note_is_no_response_and_moves_nothing(desk: Desk) -> None:
    ticket = await desk.ticket()

    await desk.wrote(desk.agent, ticket, visibility="internal")

    after = await desk.get(desk.agent, ticket)
    assert (after["status"], after["first_response_at"]) == ("new", None)


async def test_a_customer_can_not_write_an_internal_note(desk: Desk) -> None:
    ticket = await desk.ticket()

    problem(await desk.write(desk.customer, ticket, visibility="internal"), 403, "forbidden")
    assert (await desk.conversation(desk.agent, ticket))["items"] == []


async def test_pages_of_a_conversation_are_in_order_and_skip_what_a_customer_may_not_read(desk: Desk) -> None:
    ticket = await desk.ticket()
    for number in range(6):
        await desk.wrote(desk.agent, ticket, f"note {number}", visibility="internal")
        await desk.wrote(desk.agent, ticket, f"reply {number}")

    bodies: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await desk.conversation(desk.customer, ticket, limit=2, **cursor)
        assert len(page["items"]) == 2
        bodies += [message["body"] for message in page["items"]]
        await desk.wrote(desk.agent, ticket, "late note", visibility="internal")
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert bodies == [f"reply {number}" for number in range(6)]


@pytest.mark.parametrize("cursor", ["nonsense", "MTAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw", "Im9uZSI", "MWU0MDA", "MQ"])
async def test_a_cursor_no_conversation_handed_out_is_refused(desk: Desk, cursor: str) -> None:
    ticket = await desk.ticket()

    answer = await desk.ask(desk.agent, "GET", f"/{ticket['id']}/messages", params={"cursor": cursor})

    problem(answer, 400, "invalid_cursor")


async def test_of_twenty_replies_at_once_none_is_lost_and_they_read_in_the_order_they_happened(desk: Desk) -> None:
    ticket = await desk.ticket()

    written = await asyncio.gather(
        *(desk.wrote(desk.agent if n % 2 else desk.customer, ticket, f"reply {n}") for n in range(20))
    )

    after = await desk.get(desk.agent, ticket)
    assert after["message_count"] == 20
    page = await desk.conversation(desk.customer, ticket, limit=100)
    assert {message["id"] for message in page["items"]} == {message["id"] for message in written}
    events = await desk.logged_events(ticket, length=22)
    assert [event.sequence for event in events] == list(range(1, 23))
    posted = [event.data["message_id"] for event in events if event.action == "message.posted"]
    assert [message["id"] for message in page["items"]] == posted


async def test_the_history_holds_every_event_of_a_ticket_in_order(desk: Desk) -> None:
    ticket = await desk.ticket()
    replies = await asyncio.gather(*(desk.wrote(desk.customer, ticket, f"reply {n}") for n in range(4)))
    note = await desk.wrote(desk.agent, ticket, "psst", visibility="internal")
    answer = await desk.wrote(desk.agent, ticket, "Use water.")
    await desk.change_status(desk.customer, ticket, "closed")

    events = await desk.logged_events(ticket, length=9)

    assert [event.action for event in events] == [
        "ticket.created",
        *["message.posted"] * 6,
        "ticket.status_changed",
        "ticket.status_changed",
    ]
    assert [event.sequence for event in events] == list(range(1, 10))
    assert all(earlier.time < later.time for earlier, later in itertools.pairwise(events))
    posted = [MessagePosted.model_validate(event.data) for event in events[1:7]]
    assert {str(message.message_id) for message in posted} == {m["id"] for m in (*replies, note, answer)}
    assert [message.visibility for message in posted] == ["public"] * 4 + ["internal", "public"]
    assert (posted[-1].body, posted[-1].author.id) == ("Use water.", desk.agent.id)


@pytest.mark.parametrize(
    "wrong", [{"body": ""}, {"body": " \n "}, {"body": "x" * 20_001}, {"visibility": "secret"}, {"author": "me"}]
)
async def test_a_wrong_or_unknown_field_of_a_message_is_named(desk: Desk, wrong: dict[str, str]) -> None:
    ticket = await desk.ticket()

    body = problem(await desk.write(desk.customer, ticket, **wrong), 422, "invalid")

    assert [each["field"] for each in body["errors"]] == list(wrong)
    assert (await desk.conversation(desk.customer, ticket))["items"] == []


async def test_only_a_public_reply_of_staff_who_are_not_the_requester_is_a_first_response(desk: Desk) -> None:
    ticket = await desk.ticket(desk.agent)
    admin = await desk.joined_by("admin", "Ada Admin")

    await desk.wrote(desk.agent, ticket, "It still burns.")
    await desk.wrote(admin, ticket, "Not for Alex.", visibility="internal")
    assert (await desk.get(admin, ticket))["first_response_at"] is None
    first = await desk.wrote(admin, ticket, "Use water.")
    await desk.wrote(admin, ticket, "A lot.")

    assert (await desk.get(admin, ticket))["first_response_at"] == first["created_at"]
