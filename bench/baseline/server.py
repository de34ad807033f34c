"""All endpoints of the baseline, in one process. The last segment of the path selects one."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from nats.js.api import DeliverPolicy
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

from bench.baseline.context import (
    Context,
    iterate_messages,
    read_body,
    respond,
    run,
    serve,
    subscribe_resolved,
    time_ordered_id,
)

EMAIL, PASSWORD = "casey@helpdesk.example", "the password of all accounts"

Handler = Callable[[HTTPScope, ASGIReceiveCallable, ASGISendCallable], Awaitable[None]]


def handle_json(handle: Callable[[dict[str, Any]], Awaitable[tuple[int, bytes]]]) -> Handler:
    """A handler of the JSON body, or of the query if there is no body, that returns the status and the body."""

    async def handler(scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        body = await read_body(receive)
        arguments = json.loads(body) if body else dict(parse_qsl(scope["query_string"].decode()))
        await respond(send, *await handle(arguments))

    return handler


async def create_ticket(context: Context) -> Handler:
    """One insert and one JetStream publish, both awaited."""
    tickets = context.collection("bench", "tickets")
    jetstream = (await context.connect_nats()).jetstream()
    organisation, requester = uuid4(), {"id": uuid4(), "name": "Casey Lindgren"}

    async def handle(arguments: dict[str, Any]) -> tuple[int, bytes]:
        id_, now = time_ordered_id(), datetime.now(UTC)
        ticket = {
            "_id": id_,
            "organisation_id": organisation,
            "number": 1,
            "title": arguments["title"],
            "description": arguments["description"],
            "requester": requester,
            "assignee": None,
            "status": "new",
            "priority": arguments["priority"],
            "category": None,
            "tags": [],
            "created_at": now,
            "updated_at": now,
            "version": 1,
        }
        await tickets.insert_one(ticket)
        body = json.dumps(ticket, default=str).encode()
        subject = f"tickets.bench.created.v1.{organisation}.{id_}"
        await jetstream.publish(subject, body, headers={"Nats-Msg-Id": str(id_)})
        return 201, body

    return handle_json(handle)


async def list_tickets(context: Context) -> Handler:
    """One find of the documents that the tickets service lists, by the same index, without conversion."""
    tickets = context.collection("tickets", "tickets")

    async def handle(arguments: dict[str, Any]) -> tuple[int, bytes]:
        requester = {"organisation_id": UUID(arguments["organisation"]), "requester.id": UUID(arguments["requester"])}
        # The index is partial: `deleted_at` makes it usable.
        found = tickets.find({**requester, "deleted_at": None}, {"outbox": 0, "search_terms": 0})
        page = await found.sort("_id", -1).limit(int(arguments["limit"])).to_list()
        return 200, json.dumps({"items": page}, default=str).encode()

    return handle_json(handle)


async def add_reply(context: Context) -> Handler:
    """One insert, one update of a ticket, one JetStream publish, all awaited."""
    tickets, messages = context.collection("bench", "replied"), context.collection("bench", "messages")
    jetstream = (await context.connect_nats()).jetstream()
    ids = [time_ordered_id() for _ in range(1000)]
    await tickets.insert_many([{"_id": id_, "message_count": 0} for id_ in ids])
    author, organisation = {"id": uuid4(), "name": "Casey Lindgren"}, uuid4()

    async def handle(arguments: dict[str, Any]) -> tuple[int, bytes]:
        id_, ticket, now = time_ordered_id(), secrets.choice(ids), datetime.now(UTC)
        message = {"_id": id_, "ticket_id": ticket, "author": author, "body": arguments["body"], "at": now}
        await messages.insert_one(message)
        await tickets.update_one({"_id": ticket}, {"$inc": {"message_count": 1}, "$set": {"updated_at": now}})
        body = json.dumps(message, default=str).encode()
        subject = f"tickets.bench.replied.v1.{organisation}.{ticket}"
        await jetstream.publish(subject, body, headers={"Nats-Msg-Id": str(id_)})
        return 201, body

    return handle_json(handle)


async def log_in(context: Context) -> Handler:
    """One find of a fixed account, one password verification with the parameters of auth, one insert."""
    accounts, sessions = context.collection("bench", "accounts"), context.collection("bench", "sessions")
    hasher = PasswordHasher()
    await accounts.replace_one({"_id": EMAIL}, {"_id": EMAIL, "hash": hasher.hash(PASSWORD)}, upsert=True)

    async def handle(_arguments: dict[str, Any]) -> tuple[int, bytes]:
        account = await accounts.find_one({"_id": EMAIL}) or {}
        await asyncio.to_thread(hasher.verify, account["hash"], PASSWORD)
        token = secrets.token_urlsafe()
        await sessions.insert_one({"_id": time_ordered_id(), "token": token})
        return 200, json.dumps({"access_token": token}).encode()

    return handle_json(handle)


async def count_unread(context: Context) -> Handler:
    """One count of the documents that the notifications service counts, by the same index."""
    notifications = context.collection("notifications", "notifications")

    async def handle(arguments: dict[str, Any]) -> tuple[int, bytes]:
        organisation, recipient = UUID(arguments["organisation"]), UUID(arguments["recipient"])
        query = {"organisation_id": organisation, "recipient_id": recipient, "unread": True}
        count = await notifications.count_documents(query, hint="unread")
        return 200, json.dumps({"unread": count}).encode()

    return handle_json(handle)


async def resolve_ticket(context: Context) -> Handler:
    """One insert, the response, and one JetStream publish: as in Helpdesk, the client waits only for the commit."""
    resolved = context.collection("bench", "resolved")
    jetstream = (await context.connect_nats()).jetstream()

    async def handler(_scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        arguments = json.loads(await read_body(receive))
        id_ = time_ordered_id()
        await resolved.insert_one({"_id": id_, "status": "resolved", **arguments})
        body = json.dumps(arguments).encode()
        await respond(send, 200, body)
        await jetstream.publish(f"tickets.bench.resolved.v1.all.{id_}", body, headers={"Nats-Msg-Id": str(id_)})

    return handler


async def stream_events(context: Context) -> Handler:
    """What `resolve_ticket` publishes, as server-sent events."""
    connection = await context.connect_nats("provisioner")

    async def handler(_scope: HTTPScope, _receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        subscription = await subscribe_resolved(connection, deliver_policy=DeliverPolicy.NEW, inactive_threshold=60)
        headers = [(b"content-type", b"text/event-stream"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers, "trailers": False})
        await send({"type": "http.response.body", "body": b": subscribed\n\n", "more_body": True})
        async for message in iterate_messages(subscription):
            await send({"type": "http.response.body", "body": b"data: " + message.data + b"\n\n", "more_body": True})

    return handler


async def no_op(_context: Context) -> Handler:
    """An empty object: the cost of client, NGINX and uvicorn."""

    async def handler(_scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        await read_body(receive)
        await respond(send, 200, b"{}")

    return handler


ENDPOINTS: Mapping[str, Callable[[Context], Awaitable[Handler]]] = {
    "create-ticket": create_ticket,
    "list-tickets": list_tickets,
    "add-reply": add_reply,
    "log-in": log_in,
    "count-unread": count_unread,
    "resolve-ticket": resolve_ticket,
    "events": stream_events,
    "no-op": no_op,
}


async def serve_endpoints(context: Context) -> None:
    handlers = {name: await create_handler(context) for name, create_handler in ENDPOINTS.items()}

    async def dispatch(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] == "http":
            await handlers[scope["path"].rpartition("/")[2]](scope, receive, send)

    await serve(dispatch, context.port)


if __name__ == "__main__":
    run(serve_endpoints)
