"""How often tickets may be opened."""

from tests.support.desk import ok, only_desk, problem
from tests.support.people import make_person
from tests.support.services import Installation


async def test_a_customer_opens_at_most_ten_tickets_in_an_hour_and_an_agent_any_number(
    installation: Installation,
) -> None:
    async with only_desk(installation, rate_limits=True) as desk:
        for left in reversed(range(10)):
            answer = await desk.create(desk.customer)
            ok(answer, 201)
            assert answer.headers["RateLimit-Remaining"] == str(left)

        refused = await desk.create(desk.customer)

        problem(refused, 429, "too_many_requests")
        assert 1 <= int(refused.headers["Retry-After"]) <= 3600
        assert len((await desk.listed(desk.customer, limit=100))["items"]) == 10
        for _ in range(11):
            ok(await desk.create(desk.agent), 201)


async def test_a_reply_that_opens_a_follow_up_counts_as_a_new_ticket(installation: Installation) -> None:
    async with only_desk(installation, rate_limits=True) as desk:
        admin = await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)
        ok(await desk.call(admin, "PUT", "/settings", json={"ticket_creation_per_hour": 3, "reopen_window_days": 0}))
        ticket = await desk.ticket()
        for _ in range(2):
            await desk.change_status(desk.customer, ticket, "closed")
            message = await desk.wrote(desk.customer, ticket, "Again?")
            ticket = await desk.get(desk.customer, {"id": message["ticket_id"]})
        await desk.change_status(desk.customer, ticket, "closed")

        problem(await desk.write(desk.customer, ticket, "And again?"), 429, "too_many_requests")

        assert len((await desk.listed(desk.customer, limit=100))["items"]) == 3


async def test_an_organisation_chooses_how_many_tickets_a_customer_may_open(installation: Installation) -> None:
    async with only_desk(installation, rate_limits=True) as desk:
        admin = await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)
        ok(await desk.call(admin, "PUT", "/settings", json={"ticket_creation_per_hour": 2}))
        for _ in range(2):
            ok(await desk.create(desk.customer), 201)

        problem(await desk.create(desk.customer), 429, "too_many_requests")

        ok(await desk.call(admin, "PUT", "/settings", json={"ticket_creation_per_hour": 4}))
        ok(await desk.create(desk.customer), 201)  # the fourth call; the refused one was the third
        problem(await desk.create(desk.customer), 429, "too_many_requests")


async def test_customers_of_one_address_open_at_most_thirty_together_and_staff_is_not_counted(
    installation: Installation,
) -> None:
    async with only_desk(installation, rate_limits=True) as desk:
        customers = [
            await make_person(desk.auth, "customer", f"Customer {number}", desk.organisation) for number in range(4)
        ]
        for customer in customers[:3]:
            for _ in range(10):
                ok(await desk.create(customer), 201)

        refused = await desk.create(customers[3])

        problem(refused, 429, "too_many_requests")
        assert refused.headers["RateLimit-Limit"] == "30"
        ok(await desk.create(desk.agent), 201)


async def test_a_repeated_ticket_is_answered_as_the_first_time_when_the_limit_is_reached(
    installation: Installation,
) -> None:
    async with only_desk(installation, rate_limits=True) as desk:
        answers = [await desk.create(desk.customer, key=f"ticket-{number}") for number in range(10)]

        for _ in range(3):
            again = await desk.create(desk.customer, key="ticket-9")
            assert (again.status_code, again.json()) == (201, answers[-1].json())
        problem(await desk.create(desk.customer, key="another"), 429, "too_many_requests")


async def test_a_repeated_upload_is_answered_as_the_first_time_when_no_more_files_may_wait(
    installation: Installation,
) -> None:
    async with only_desk(installation) as desk:
        ticket = await desk.ticket()
        answers = [await desk.upload(desk.customer, ticket, key=f"file-{number}") for number in range(10)]

        again = await desk.upload(desk.customer, ticket, key="file-9")

        assert ok(again, 201) == ok(answers[-1], 201)
        problem(await desk.upload(desk.customer, ticket, key="another"), 409, "too_many_attachments")
