"""The most work that a caller may cause: the largest legal input of every route, by operation id.

What every route has (a query, headers, a refused body) is in `junk`. A row of `WORST` is for the own input of a route:
each text at its greatest length and of the most expensive characters, each list full. `PLAIN` are routes that take
nothing else.
"""

import json
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from common.events.tickets import TicketEdited, TicketRef
from common.http.requests import MAX_BODY_BYTES
from common.ids import new_id
from tests.support.access_table import CALLS, Call
from tests.support.all_services import AllServices

SOAK = os.environ.get("HELPDESK_SOAK") == "1"
LONG = 20_000

TEXTS: Mapping[str, str] = {
    "decomposing": "\ufdfa" * LONG,
    "accents": ("\u0301\u0323\u0327" * LONG)[:LONG],
    "astral": "\U0001f600" * LONG,
    "words": " ".join(f"{number:x}" for number in range(LONG))[:LONG],
    "brackets": "[" * LONG,
    "images": ("![" * LONG)[:LONG],
    "quotes": ("> " * LONG)[: LONG - 1] + "x",
    "lists": ("1. " * LONG)[: LONG - 1] + "x",
    "emphasis": ("*a_" * LONG)[:LONG],
    "open links": ("[*a" * LONG)[:LONG],
    "table": ("|" * 200 + "\n" + "|-" * 199 + "|\n" + "|\n" * LONG)[:LONG],
    "backticks": "".join("`" * (n % 200 + 1) + " " for n in range(LONG))[:LONG],
    "entities": ("&amp;" * LONG)[:LONG],
    "angles": ("<a " * LONG)[:LONG],
    "links": ("https://a.example/ " * LONG)[:LONG],
    "at signs": ("@[a](" * LONG)[:LONG],
    "addresses": ("a@b.c " * LONG)[:LONG],
    "definitions": "".join(f"[{n:x}]: /u\n" for n in range(LONG))[:LONG],
    "mentions": "".join(f"@[a]({uuid4()})" for _ in range(LONG // 42)),
}
SHORT_RUN = ("decomposing", "accents", "words", "brackets", "table", "mentions")
"""The most expensive ones: a run of all texts takes minutes."""
MESSAGES = [text for name, text in TEXTS.items() if SOAK or name in SHORT_RUN]
WIDEST = "\U0001f600"
LINE = "\ufdfa"

Make = Callable[[AllServices], Awaitable[list[Call]]]


@dataclass(frozen=True)
class Raw:
    """A body as bytes."""

    content: bytes
    content_type: str = "application/json"


def bodies(*variants: Any, path: Callable[[AllServices], Awaitable[Any]] | None = None) -> Make:
    """A call with each of the bodies, about a new resource each."""

    async def make(running: AllServices) -> list[Call]:
        return [
            Call(path=await path(running) if path else {}, body=variant() if callable(variant) else variant)
            for variant in variants
        ]

    return make


def queries(*variants: Mapping[str, Any], path: Callable[[AllServices], Awaitable[Any]] | None = None) -> Make:
    async def make(running: AllServices) -> list[Call]:
        return [Call(path=await path(running) if path else {}, query=variant) for variant in variants]

    return make


def ticket(text: str) -> dict[str, Any]:
    # Four bytes each, and none equal to another.
    tags = [f"{WIDEST * 37}{number:03}" for number in range(20)]
    return {"title": text[:200].strip() or "x", "description": text, "category": LINE * 80, "tags": tags}


def address() -> str:
    return f"{uuid4().hex}@{'a' * 60}.{'b' * 60}.{'c' * 60}.example"


NAME = LINE * 100
LONG_PASSWORD = "\ufdfa" * 128


async def many_messages(running: AllServices) -> list[Call]:
    """A conversation whose page is full of the longest messages."""
    calls = []
    for text in (TEXTS["decomposing"], TEXTS["astral"]):
        path = await running.ticket()
        message = await running.desk.wrote(running.desk.customer, {"id": path["ticket_id"]}, text)
        await copies(running, "messages", message["id"], 100)
        calls.append(Call(path=path, query={"limit": "100"}))
    return calls


async def many_tickets(running: AllServices) -> list[Call]:
    """Lists that are full of the longest tickets, in each order; and the longest words."""
    created = await running.desk.ticket(**ticket(TEXTS["words"]))
    stored = await running.desk.stored(created)
    for number in range(100):
        copy = {**stored, "_id": new_id(), "number": 10_000_000 + stored["number"] * 100 + number, "outbox": []}
        await running.services["tickets"].db["tickets"].insert_one(copy)
    words = " ".join("abcdefghij")
    return [
        *(Call(query={"limit": "100", "sort": sort}) for sort in ("created", "updated", "priority")),
        Call(query={"limit": "100", "q": words}),
        Call(query={"limit": "100", "q": LINE * 200}),
        Call(query={"status": ",".join(["open"] * 700)}),
    ]


async def long_history(running: AllServices) -> list[Call]:
    """A page full of the longest changes."""
    created = await running.desk.ticket(**ticket(TEXTS["astral"]))
    changes = {"description": {"before": TEXTS["astral"], "after": TEXTS["decomposing"]}}
    [first, *_] = await running.desk.logged_events(created, length=1)
    event = TicketEdited.model_validate({"ticket": TicketRef.model_validate(first.data["ticket"]), "changes": changes})
    events = running.services["tickets"].db["events"]
    stored = await events.find_one({"aggregate_id": UUID(created["id"])})
    assert stored is not None
    edited = {**stored, "type": "tickets.ticket.edited", "version": 1, "data": event.model_dump(mode="json")}
    await events.insert_many([{**edited, "_id": new_id(), "sequence": 2 + number} for number in range(100)])
    return [Call(path={"ticket_id": created["id"]}, query={"limit": "100"})]


async def copies(running: AllServices, collection: str, id_: str, count: int) -> None:
    """Inserts copies of a document of tickets."""
    documents = running.services["tickets"].db[collection]
    stored = await documents.find_one({"_id": UUID(id_)})
    assert stored is not None
    await documents.insert_many([{**stored, "_id": new_id()} for _ in range(count)])


async def upload(running: AllServices) -> list[Call]:
    """The largest file, and the most parts."""
    path = await running.ticket()
    return [
        Call(path=path, files={"file": ("a" * 2_000 + ".txt", b"a" * 25_000_000)}),
        Call(path=path, files={"file": ("\ufdfa" * 2_000 + ".txt", b"MZ" * 5_000)}),
        Call(path=path, files=[(f"f{number}", b"") for number in range(1_000)]),
    ]


async def replies(running: AllServices) -> list[Call]:
    """By an agent: the requester receives each by email."""
    bodies = [{"body": text} for text in MESSAGES]
    return [Call(path=await running.ticket(), body=body, by=running.desk.agent) for body in bodies]


ALL_CHOICES = {"choices": [{"kind": "replied", "scope": "mine", "channel": "email", "when": "never"}] * 500}
MEDIA_TYPES = [f"application/{number:0115}" for number in range(200)]
CURSOR = "A" * 500
PAGE = {"limit": "100", "cursor": CURSOR}
LONG_TOKEN = "A" * 100_000


async def segment(_running: AllServices) -> dict[str, str]:
    return {"segment": "customers"}


WORST: dict[str, Make] = {
    # accounts
    "sign_up": bodies(lambda: {"email": address(), "password": LONG_PASSWORD, "name": NAME}),
    "log_in": bodies(lambda: {"email": address(), "password": LONG_PASSWORD, "organisation": "a" * 1_000}),
    "log_in_with_code": bodies({"mfa_token": LONG_TOKEN, "code": LINE * 100}),
    "forgot_password": bodies(lambda: {"email": address(), "organisation": "a" * 1_000}),
    "reset_password": bodies({"token": LONG_TOKEN, "password": LONG_PASSWORD}),
    "verify_email": bodies({"token": LONG_TOKEN, "password": LONG_PASSWORD}),
    "cancel_email_change_by_link": bodies({"token": LONG_TOKEN}),
    "accept_invitation": bodies({"token": LONG_TOKEN, "password": LONG_PASSWORD, "name": NAME}),
    "change_me": bodies(lambda: {"name": NAME, "email": address()}),
    "change_password": bodies({"current_password": LONG_PASSWORD, "new_password": LONG_PASSWORD}),
    "confirm_totp_setup": bodies({"code": LINE * 100}),
    "reauthenticate": bodies({"password": LONG_PASSWORD, "code": LINE * 100}),
    "list_security_events": queries(PAGE),
    "list_sessions": queries(PAGE),
    # people and organisations
    "list_users": queries(PAGE, {"text": LINE * 200}, {"text": "." * 200}),
    "change_user": bodies({"name": NAME}, path=AllServices.colleague),
    "create_contact": bodies(lambda: {"email": address(), "name": NAME}),
    "invite": bodies(lambda: {"email": address(), "name": NAME}),
    "list_invitations": queries(PAGE),
    "change_own_organisation": bodies({"name": NAME}),
    "create_organisation": bodies(lambda: {"slug": f"a{uuid4().hex}", "name": NAME}),
    "change_organisation": bodies({"name": NAME}, path=AllServices.new_organisation),
    "list_organisations": queries(PAGE),
    # tickets
    "create_ticket": bodies(*map(ticket, MESSAGES)),
    "change_ticket": bodies({"tags": ticket("x")["tags"], "category": LINE * 80}, path=AllServices.ticket),
    "replace_ticket": bodies(
        {"title": LINE * 200, "description": TEXTS["decomposing"]},
        {"title": LINE * 200, "description": TEXTS["accents"]},
        path=AllServices.ticket,
    ),
    "post_message": replies,
    "list_tickets": many_tickets,
    "export_tickets": queries({"q": LINE * 200}, {}),
    "list_people": queries(PAGE, {"text": LINE * 200}, {"text": "(" * 200}),
    "list_messages": many_messages,
    "list_history": long_history,
    "list_attachments": queries(PAGE, path=AllServices.ticket),
    "add_attachment": upload,
    "assign_ticket": bodies({"user_id": str(new_id())}, path=AllServices.ticket),
    "put_settings": bodies({"accepted_attachment_types": MEDIA_TYPES}),
    "list_audit_entries": queries(PAGE, {"limit": "100"}, {"action": "a" * 1_000}),
    "get_summary": queries({"timezone": "A" * 1_000}, {}),
    "get_agents": queries({"timezone": "A" * 1_000}, {}),
    # notifications
    "list_notifications": queries(PAGE, {"limit": "100", "unread_first": "true"}),
    "put_preferences": bodies(ALL_CHOICES),
    "put_defaults": bodies(ALL_CHOICES, path=segment),
    "confirm_unsubscribe": queries({"token": "A" * 7_000}),
    "unsubscribe": queries({"token": "A" * 7_000}),
    # mail
    "list_mails": queries(PAGE, {"limit": "100"}, {"recipient": "a" * 1_000, "kind": "a" * 1_000}),
    "retry_failed_mails": bodies({"limit": 100}, {"recipient": "a" * 254, "cursor": "A" * 500}),
    "add_suppression": bodies(lambda: {"email": address(), "reason": LINE * 500}),
    "list_suppressions": queries(PAGE),
    **{f"list_dead_letters_of_{service}": queries(PAGE) for service in ("auth", "tickets", "notifications", "mailer")},
}

_PLAIN = """
    download_attachment jwks log_out me start_totp_setup refresh revoke_other_sessions revoke_session
    request_verification get_mail retry_mail remove_suppression get_preferences get_defaults mark_all_read stream
    count_unread mark_read mark_unread get_own_organisation get_organisation get_settings get_ticket delete_ticket
    unassign_ticket redact_message restore_ticket revoke_invitation get_user disable_mfa_of_user unlock_user
    disable_totp renew_recovery_codes cancel_email_change get_mail_server mark_mail_sent
"""
PLAIN = {
    *_PLAIN.split(),
    *(
        f"{verb}_dead_letter_of_{service}"
        for service in ("auth", "tickets", "notifications", "mailer")
        for verb in ("get", "discard", "replay")
    ),
}


async def worst_calls(running: AllServices, operation: str) -> list[Call]:
    if operation in WORST:
        return await WORST[operation](running)
    return [await CALLS[operation](running, "customer")]


def junk(call: Call, *, has_body: bool) -> Iterator[Call]:
    """The same call with more than any route takes, up to the limits of NGINX and of the service."""
    yield replace(call, query={f"a{number}": "" for number in range(2_000)})
    yield replace(call, headers={"If-Match": "W/" * 3_500, "Idempotency-Key": "k" * 7_000, "Cookie": "a=b; " * 1_400})
    if has_body:
        for content in _BODIES:
            yield replace(call, body=Raw(content))


def _filled(element: bytes, opening: bytes = b"[", closing: bytes = b"]") -> bytes:
    """As many elements as a body can have."""
    count = (MAX_BODY_BYTES - len(opening + closing)) // (len(element) + 1)
    return opening + b",".join([element] * count) + closing


_BODIES = (
    _filled(b"[]"),
    _filled(b"{}"),
    _filled(b"0"),
    b"[" * MAX_BODY_BYTES,
    b'{"a":' * (MAX_BODY_BYTES // 5),
    json.dumps({f"{number:x}": 0 for number in range(MAX_BODY_BYTES // 11)}).encode(),
    json.dumps({"title": "\ufdfa" * (MAX_BODY_BYTES // 6 - 10)}).encode(),
    json.dumps({"tags": ["a"] * (MAX_BODY_BYTES // 6)}).encode(),
    json.dumps({"choices": [{}] * (MAX_BODY_BYTES // 5)}).encode(),
    b"\\" * MAX_BODY_BYTES,
)
