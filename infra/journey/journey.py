#!/usr/bin/env python3
"""A customer's first minutes, through the front door: from the sign-up to the mail. Needs nothing but Python 3.11.

    python3 infra/journey/journey.py --url http://localhost:8080 --mailpit http://localhost:8025

It passes through all four services, and leaves an account and a ticket behind: for installations that are tried out.
"""

import argparse
import json
import secrets
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

WITHIN = 60.0
"""Seconds for what happens by itself."""


class Desk:
    """The API, as one person uses it."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.token = ""

    def send(self, method: str, path: str, body: object = None, content_type: str = "application/json") -> Any:
        """The answer. Raises OSError for any that is no success."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Content-Type": content_type, "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)


def eventually(what: str, happened: Callable[[], Any]) -> Any:
    """What it answers once that is something. Raises TimeoutError."""
    deadline = time.monotonic() + WITHIN
    while True:
        try:
            if found := happened():
                print(f"{what}: yes", flush=True)
                return found
            problem = "not yet"
        except OSError as error:  # HTTP errors are
            problem = str(error)
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: no, after {WITHIN:g} s ({problem})")
        time.sleep(0.5)


def attachment(name: str, content: bytes) -> tuple[bytes, str]:
    """One file as a form sends it, and its content type."""
    boundary = secrets.token_hex(16)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def subjects(mailpit: str, address: str) -> list[str]:
    """Of the mails that somebody got."""
    with urllib.request.urlopen(f"{mailpit}/api/v1/search?query={quote(f'to:{address}')}", timeout=20) as answer:
        return [mail["Subject"] for mail in json.load(answer)["messages"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://localhost:8080", help="of the front door")
    parser.add_argument("--mailpit", help="of the mail catcher's page; without it nobody looks for the mail")
    arguments = parser.parse_args()
    desk = Desk(arguments.url)
    person = {"email": f"journey-{secrets.token_hex(6)}@example.com", "password": secrets.token_urlsafe(16)}

    eventually("signed up", lambda: desk.send("POST", "/auth/signup", person | {"name": "Journey"}))
    desk.token = desk.send("POST", "/auth/login", person)["access_token"]
    new = {"title": "The journey", "description": "Is anybody there?"}
    # tickets may not have heard yet of somebody who is a second old.
    ticket = eventually("opened a ticket", lambda: desk.send("POST", "/tickets", new))
    body, content_type = attachment("journey.txt", b"packed\n" * 100_000)
    desk.send("POST", f"/tickets/{ticket['id']}/attachments", body, content_type)
    print("attached a file: yes")
    eventually("listed", lambda: [each for each in desk.send("GET", "/tickets")["items"] if each["id"] == ticket["id"]])
    eventually("has an inbox", lambda: "items" in desk.send("GET", "/notifications"))
    if arguments.mailpit:
        eventually("got a mail", lambda: subjects(arguments.mailpit.rstrip("/"), person["email"]))


if __name__ == "__main__":
    main()
