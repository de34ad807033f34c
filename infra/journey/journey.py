#!/usr/bin/env python3
"""The journey of a new customer through the public URL, from the signup to the first mail. Needs only Python 3.11.

    python3 infra/journey/journey.py --url http://localhost:8080 --mailpit http://localhost:8025

It uses all four services, and leaves an account and a ticket behind: not for production.
"""

import argparse
import json
import secrets
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

TIMEOUT_SECONDS = 60.0


class ApiClient:
    """The API with the token of one user."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.token = ""

    def send(self, method: str, path: str, body: object = None, content_type: str = "application/json") -> Any:
        """Returns the JSON of the response. Raises OSError for an error status."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Content-Type": content_type, "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as response:
            return json.load(response)


def eventually(step: str, check: Callable[[], Any]) -> Any:
    """Returns the first result of `check` that is not empty. Raises TimeoutError."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while True:
        try:
            if result := check():
                print(f"{step}: ok", flush=True)
                return result
            problem = "not yet"
        except OSError as error:  # includes HTTPError
            problem = str(error)
        if time.monotonic() > deadline:
            raise TimeoutError(f"{step}: failed after {TIMEOUT_SECONDS:g} s ({problem})")
        time.sleep(0.5)


def encode_form(name: str, content: bytes) -> tuple[bytes, str]:
    """Returns the body and the content type of a multipart form with one file."""
    boundary = secrets.token_hex(16)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: text/plain\r\n\r\n"
    )
    return head.encode() + content + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def read_subjects(mailpit: str, address: str) -> list[str]:
    """Of the mails to that address."""
    with urllib.request.urlopen(f"{mailpit}/api/v1/search?query={quote(f'to:{address}')}", timeout=20) as response:
        return [mail["Subject"] for mail in json.load(response)["messages"]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="http://localhost:8080", help="public URL of the installation")
    parser.add_argument("--mailpit", help="URL of Mailpit; without it the mail is not checked")
    arguments = parser.parse_args()
    api = ApiClient(arguments.url)
    person = {"email": f"journey-{secrets.token_hex(6)}@example.com", "password": secrets.token_urlsafe(16)}

    eventually("signed up", lambda: api.send("POST", "/auth/signup", person | {"name": "Journey"}))
    api.token = api.send("POST", "/auth/login", person)["access_token"]
    new = {"title": "Journey", "description": "Created by infra/journey."}
    # The tickets service learns of a new user from an event, and may not have processed it yet.
    ticket = eventually("opened a ticket", lambda: api.send("POST", "/tickets", new))
    body, content_type = encode_form("journey.txt", b"packed\n" * 100_000)
    api.send("POST", f"/tickets/{ticket['id']}/attachments", body, content_type)
    print("attached a file: ok")
    eventually("listed", lambda: [each for each in api.send("GET", "/tickets")["items"] if each["id"] == ticket["id"]])
    eventually("has an inbox", lambda: "items" in api.send("GET", "/notifications"))
    if arguments.mailpit:
        eventually("got a mail", lambda: read_subjects(arguments.mailpit.rstrip("/"), person["email"]))


if __name__ == "__main__":
    main()
