"""How much one person may write: each text is in events, in the event log and in mails, and the stream of events is
shared by all."""

from tests.support.desk import ok, only_desk, problem
from tests.support.services import Installation

LONGEST = "\U0001f600" * 20_000
KILOBYTES = 80
PER_DAY = 10_000


def different(number: int) -> str:
    return f"{number:04}{LONGEST[4:]}"


async def test_a_customer_who_edits_the_longest_description_again_and_again_is_refused_after_ten_megabytes_in_a_day(
    installation: Installation,
) -> None:
    async with only_desk(installation, rate_limits=True) as desk:
        ticket = await desk.ticket()
        edits = PER_DAY // (2 * KILOBYTES)
        for number in range(edits):
            ok(await desk.change(desk.customer, ticket, description=different(number)))

        refused = await desk.change(desk.customer, ticket, description=different(edits))

        assert "At most 10,000 kB of text in 24 h" in problem(refused, 429, "too_many_requests")["detail"]
        ok(await desk.create(desk.customer, description=LONGEST), 201)
        problem(await desk.create(desk.customer, description=LONGEST), 429, "too_many_requests")
        problem(await desk.write(desk.customer, ticket, LONGEST), 429, "too_many_requests")
        ok(await desk.write(desk.customer, ticket, "It still burns."), 201)
        ok(await desk.write(desk.agent, ticket, LONGEST), 201)
        full = await desk.get(desk.agent, ticket)
        ok(await desk.ask(desk.agent, "PUT", f"/{ticket['id']}", json={**editable(full), "priority": "high"}))


async def test_changes_of_a_ticket_by_a_person_are_limited_per_hour_and_those_of_others_are_not(
    installation: Installation,
) -> None:
    async with only_desk(installation, rate_limits=True) as desk:
        ticket, other = await desk.ticket(), await desk.ticket()
        for _ in range(60):
            await desk.change_status(desk.customer, ticket, "resolved", "open")

        refused = await desk.move(desk.customer, ticket, "resolved")

        assert "At most 120 in 1 h" in problem(refused, 429, "too_many_requests")["detail"]
        ok(await desk.move(desk.customer, other, "resolved"))
        ok(await desk.move(desk.agent, ticket, "resolved"))


def editable(ticket: dict[str, object]) -> dict[str, object]:
    return {name: ticket[name] for name in ("title", "description", "priority", "category", "tags")}
