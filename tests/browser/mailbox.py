"""Reads the mails in the stack's mail catcher."""

import re

import httpx

from tests.support.eventually import eventually
from tests.support.stack import RunningStack


async def find_link_in_mail(stack: RunningStack, to: str, path: str) -> str:
    """The link to `path` in the newest mail to that address that has one, as path and fragment."""
    mails = f"{stack.description['mail_url']}/api/email"
    async with httpx.AsyncClient(trust_env=False) as client:

        async def find_link() -> str:
            for mail in sorted((await client.get(mails)).json(), key=lambda each: str(each["time"]), reverse=True):
                if to not in [each["address"] for each in mail["to"]]:
                    continue
                text = (await client.get(f"{mails}/{mail['id']}")).json()["text"]
                if found := re.search(rf"{re.escape(path)}#token=[\w.-]+", text):
                    return found[0]
            raise AssertionError(f"no mail to {to} has a link to {path}")

        return await eventually(find_link, every=0.1)
