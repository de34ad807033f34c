"""`python -m mailer …`: runs and administers the service."""

import argparse
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from html import escape
from pathlib import Path

from cryptography.fernet import Fernet

from common.command_line import Arguments, Command, Tool, main
from common.lifecycle import Service
from common.notification_kinds import KINDS
from common.secret_links import LinkDecryptor, LinkEncryptor, public_key_of
from mailer.address_migration import migrate_mails, migrate_suppressions
from mailer.app import build
from mailer.rendering.examples import all_texts, example
from mailer.rendering.message import MessageBuilder
from mailer.rendering.render import Renderer
from mailer.rendering.translations import LANGUAGES
from mailer.settings import settings_of


def _render(arguments: Arguments) -> None:
    private_key = Fernet.generate_key().decode()
    encryptor = LinkEncryptor(public_key_of(private_key))
    sender = Address("Helpdesk", addr_spec="support@example.com")
    builder = MessageBuilder(Renderer(), sender, "https://help.example.com", LinkDecryptor([private_key]))
    entries = []
    for locale in LANGUAGES:
        directory: Path = arguments.out / locale
        directory.mkdir(parents=True, exist_ok=True)
        for kind, audience in all_texts():
            content = builder.build(example(kind, locale, audience=audience, encryptor=encryptor)).content
            name = KINDS[kind].text_key(audience)
            message = message_from_bytes(content, policy=policy.default)
            assert isinstance(message, EmailMessage)  # noqa: S101 - that is what this policy makes
            for suffix, part in (("txt", "plain"), ("html", "html")):
                body = message.get_body((part,))
                (directory / f"{name}.{suffix}").write_text(body.get_content() if body else "")
            (directory / f"{name}.eml").write_bytes(content)
            links = " ".join(f'<a href="{locale}/{name}.{suffix}">{suffix}</a>' for suffix in ("html", "txt", "eml"))
            entries.append(f"<li>{locale} {name}: {escape(str(message['Subject']))} ({links})</li>\n")
    index = arguments.out / "index.html"
    index.write_text(f"<!doctype html><meta charset=utf-8><title>Emails</title><ul>\n{''.join(entries)}</ul>\n")
    print(f"{len(entries)} emails are in {index}")


def _render_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="output directory")


async def _migrate_addresses(service: Service, _arguments: Arguments) -> None:
    async with service.prepared():
        mails, suppressions = await migrate_mails(), await migrate_suppressions(service.db)
        print(f"addresses are migrated: {mails} of the outbox, {suppressions} of the suppression list changed")


if __name__ == "__main__":
    main(
        "mailer",
        lambda role: build(settings_of(role)),
        {
            "migrate-addresses": Command("Store all addresses in their present form.", _migrate_addresses),
            "render": Tool("Write an example of each email in each language to files.", _render, _render_arguments),
        },
    )
