"""Consumes what `resolve_ticket` publishes, and sends a mail for each message over one SMTP connection."""

import asyncio
import contextlib
import json
from email.message import EmailMessage

import aiosmtplib

from bench.baseline.context import Context, iterate_messages, run, subscribe_resolved


async def send_mails(context: Context) -> None:
    connection = await context.connect_nats("provisioner")
    subscription = await subscribe_resolved(connection, durable_name="bench-smtp-consumer")
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=context.smtp_port, start_tls=False) as smtp:
        async for message in iterate_messages(subscription):
            if not smtp.is_connected:  # the server closes idle connections
                await smtp.connect()
            await smtp.send_message(_build_mail(**json.loads(message.data)))


def _build_mail(to: str, title: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "support@helpdesk.localhost", to, f"[#1] {title}"
    mail.set_content(f"Hello,\n\nyour ticket {title} is now resolved.\n")
    mail.add_alternative(f"<p>Hello,</p><p>your ticket <b>{title}</b> is now resolved.</p>", subtype="html")
    return mail


if __name__ == "__main__":
    with contextlib.suppress(asyncio.CancelledError):
        run(send_mails)
