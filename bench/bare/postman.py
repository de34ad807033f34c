"""Hears what bench/bare/resolve.py says and hands a mail to the SMTP server, over one connection that stays open."""

import asyncio
import contextlib
import json
from email.message import EmailMessage

import aiosmtplib
from nats.js.api import AckPolicy, ConsumerConfig

from bench.bare.resolve import STREAM, SUBJECTS
from bench.bare.surroundings import Surroundings, fetched, run

DURABLE = "bench-postman"


async def program(given: Surroundings) -> None:
    jetstream = (await given.nats("provisioner")).jetstream()
    # Without acknowledgements: this NATS user may not send any, and a limit needs none.
    consumer = ConsumerConfig(durable_name=DURABLE, filter_subject=SUBJECTS, ack_policy=AckPolicy.NONE)
    await jetstream.add_consumer(STREAM, consumer)
    subscription = await jetstream.pull_subscribe_bind(DURABLE, STREAM)
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=given.smtp_port, start_tls=False) as smtp:
        async for message in fetched(subscription):
            if not smtp.is_connected:  # the server hung up: it was quiet for long
                await smtp.connect()
            await smtp.send_message(_mail(json.loads(message.data)))


def _mail(said: dict[str, str]) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "support@helpdesk.localhost", said["to"], f"[#1] {said['title']}"
    mail.set_content(f"Hello,\n\nyour ticket {said['title']} is now resolved.\n")
    mail.add_alternative(f"<p>Hello,</p><p>your ticket <b>{said['title']}</b> is now resolved.</p>", subtype="html")
    return mail


if __name__ == "__main__":
    with contextlib.suppress(asyncio.CancelledError):
        run(program)
