"""The accounts and tickets that the benchmarks work on."""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bench.environment import Environment
from bench.http_client import Connection, Response, build_request
from bench.idle import IdleMonitor
from common.ids import new_id

ACCOUNTS, TICKETS_PER_ACCOUNT = 20, 50
TICKETS_OF_CUSTOMER = 1000
OTHER_CUSTOMERS, TICKETS_PER_OTHER_CUSTOMER = 200, 25
PASSWORD = "benches-are-for-sitting"
DESCRIPTION = "Since the update this morning it prints only every second page, and those upside down. " * 4

_TOKEN_SECONDS = 8 * 60
_ATTEMPTS, _RETRY_AFTER_SECONDS = 6, 1


@dataclass
class Account:
    email: str
    password: str
    id: UUID | None = None
    organisation_id: UUID | None = None
    token: str = ""
    logged_in_at: float = field(default=float("-inf"))

    def set_session(self, response: Mapping[str, Any]) -> None:
        """From the response to a signup or login."""
        self.token, self.logged_in_at = response["access_token"], time.monotonic()
        self.id = UUID(response["user"]["id"])
        self.organisation_id = UUID(response["user"]["organisation_id"])


class Dataset:
    """Twenty customers with 50 tickets each, one customer with 1000, an agent, and 5000 tickets of other customers."""

    def __init__(self, environment: Environment) -> None:
        self._context = environment.context
        self._connection = Connection(environment.helpdesk_port)
        self.wait_until_idle = IdleMonitor(environment.context).wait
        demo = {each["role"]: Account(each["email"], each["password"]) for each in environment.description["accounts"]}
        self.customer, self.agent = demo["customer"], demo["agent"]
        self.accounts = [Account(f"bench{number}@helpdesk.example", PASSWORD) for number in range(ACCOUNTS)]
        self.tickets: list[tuple[Account, UUID]] = []
        """Those of `accounts`, with their requesters."""

    async def access_token(self, account: Account) -> str:
        """A token that is valid for some more minutes."""
        if time.monotonic() - account.logged_in_at > _TOKEN_SECONDS:
            await self._start_session("login", 200, account)
        return account.token

    async def create_ticket(self, title: str) -> UUID:
        """As `customer`. Waits and retries while an overloaded machine answers 503."""
        token = await self.access_token(self.customer)
        request = build_request("POST", "/api/v1/tickets", token=token, body=new_ticket(title))
        for attempt in range(_ATTEMPTS):
            await asyncio.sleep(_RETRY_AFTER_SECONDS if attempt else 0)
            response = await self._connection.send(request)
            if response.status != 503:
                break
        return UUID(_parse(response, 201)["id"])

    async def resolve_ticket(self, ticket: UUID) -> Response:
        """As `agent`, so that the customer gets a mail."""
        token = await self.access_token(self.agent)
        path = f"/api/v1/tickets/{ticket}"
        return await self._connection.send(build_request("PATCH", path, token=token, body={"status": "resolved"}))

    async def seed(self) -> None:
        """Creates the accounts, and the tickets as copies of one that the service created, so that they have whatever
        fields the service stores. The copies have no events."""
        for account in self.accounts:
            await self._start_session("signup", 201, account)
        created = await self.create_ticket("Pages upside down")
        await self.wait_until_idle()
        async with self._context.mongo_client() as client:
            database = client["tickets"]
            template = await database["tickets"].find_one({"_id": created})
            if template is None:
                raise RuntimeError(f"ticket {created} is not in tickets.tickets")
            copies = [
                {**template, "_id": new_id(), "number": number, "requester": requester}
                for number, requester in enumerate(self._requesters(template["requester"]), template["number"] + 1)
            ]
            await database["tickets"].insert_many(copies, ordered=False)
            last_number = {"$set": {"last": copies[-1]["number"]}}
            await database["ticket_numbers"].update_one({"_id": template["organisation_id"]}, last_number)
        accounts = {account.id: account for account in self.accounts}
        self.tickets = [
            (accounts[each["requester"]["id"]], each["_id"]) for each in copies if each["requester"]["id"] in accounts
        ]

    def close(self) -> None:
        self._connection.close()

    def _requesters(self, customer: dict[str, Any]) -> list[dict[str, Any]]:
        """The requester of each ticket, shuffled."""
        accounts = [{"id": account.id, "name": account.email} for account in self.accounts]
        others = [{"id": new_id(), "name": f"Customer {number}"} for number in range(OTHER_CUSTOMERS)]
        requesters = accounts * TICKETS_PER_ACCOUNT + [customer] * TICKETS_OF_CUSTOMER
        requesters += others * TICKETS_PER_OTHER_CUSTOMER
        random.Random(len(requesters)).shuffle(requesters)
        return requesters

    async def _start_session(self, action: str, expected_status: int, account: Account) -> None:
        body = {"email": account.email, "password": account.password}
        response = await self._connection.send(build_request("POST", f"/api/v1/auth/{action}", body=body))
        account.set_session(_parse(response, expected_status))


def new_ticket(title: str) -> dict[str, object]:
    """A request body."""
    return {"title": title, "description": DESCRIPTION, "priority": "normal"}


def _parse(response: Response, expected_status: int) -> Any:
    if response.status != expected_status:
        body = response.body[:300].decode(errors="replace")
        raise RuntimeError(f"expected status {expected_status}, got {response.status}: {body}")
    return json.loads(response.body)
