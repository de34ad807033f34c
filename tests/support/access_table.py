"""Who may call what: for every route what is sent, and what everybody who could try is answered."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.support import makings
from tests.support.makings import Making, about, call, once
from tests.support.people import PASSWORD
from tests.support.world import World

Answers = tuple[int, ...]
"""The statuses of those in TRUSTED, in that order: customer, other customer, agent, admin, operator, outsider."""

ALL = 200, 200, 200, 200, 200, 200
STAFF = 403, 403, 200, 200, 403, 200
ADMINS = 403, 403, 403, 200, 403, 200
OPERATORS = 403, 403, 403, 403, 200, 403
CUSTOMERS_THING = 200, 404, 200, 200, 404, 404
STAFFS_THING = 403, 403, 200, 200, 403, 404
ADMINS_THING = 403, 403, 403, 200, 403, 404


def made(answers: Answers, status: int) -> Answers:
    """The same, with what success is called here."""
    return tuple(status if answer == 200 else answer for answer in answers)


@dataclass(frozen=True)
class Row:
    """A route for those who are logged in."""

    answers: Answers
    making: Making


@dataclass(frozen=True)
class OpenRow:
    """A route for everybody."""

    status: int
    making: Making


def dead_letters(service: str) -> dict[str, Row]:
    """The routes that every service has."""

    async def letter(world: World) -> Mapping[str, str]:
        return await world.dead_letter(service)

    lists = 403, 403, 403, 200, 200, 200
    one = 403, 403, 403, 200, 200, 404
    return {
        f"list_dead_letters_of_{service}": Row(lists, call()),
        f"get_dead_letter_of_{service}": Row(one, about(letter)),
        f"discard_dead_letter_of_{service}": Row(made(one, 204), about(letter)),
        f"replay_dead_letter_of_{service}": Row(made(one, 204), about(letter)),
    }


TICKET = {"title": "Printer", "description": "It burns."}
NEW_PASSWORD = {"current_password": PASSWORD, "new_password": "an entirely new password"}

OPEN: dict[str, OpenRow] = {
    "sign_up": OpenRow(201, makings.sign_up),
    "log_in": OpenRow(200, makings.log_in),
    "log_in_with_code": OpenRow(200, makings.log_in_with_code),
    "refresh": OpenRow(200, makings.refresh),
    "forgot_password": OpenRow(202, call(body={"email": "nobody@example.org"})),
    "reset_password": OpenRow(204, makings.reset_password),
    "verify_email": OpenRow(204, makings.verify_email),
    "accept_invitation": OpenRow(201, makings.accept_invitation),
    "jwks": OpenRow(200, call()),
    "ask_to_unsubscribe": OpenRow(200, makings.unsubscribe),
    "unsubscribe": OpenRow(200, makings.unsubscribe),
}

ROWS: dict[str, Row] = {
    # accounts
    "log_out": Row(made(ALL, 204), once()),
    "me": Row(ALL, call()),
    "change_me": Row(ALL, call(body={"locale": "en"})),
    "change_password": Row(made(ALL, 204), once(body=NEW_PASSWORD)),
    "request_verification": Row(made(ALL, 202), makings.request_verification),
    "list_sessions": Row(ALL, call()),
    "revoke_other_sessions": Row(made(ALL, 204), once()),
    "revoke_session": Row((204, 404, 404, 404, 404, 404), about(makings.own_session)),
    "start_totp_setup": Row(made(ALL, 201), once()),
    "confirm_totp_setup": Row(ALL, makings.confirm_totp),
    "disable_totp": Row(made(ALL, 204), makings.prove_second_factor),
    "renew_recovery_codes": Row(ALL, makings.prove_second_factor),
    # people and organisations
    "list_users": Row(ADMINS, call()),
    "get_user": Row(ADMINS_THING, about(World.colleague)),
    "change_user": Row(ADMINS_THING, about(World.colleague, body={"role": "customer"})),
    "disable_mfa_of_user": Row(made(ADMINS_THING, 204), about(makings.somebody_with_a_second_factor)),
    "invite": Row(made(ADMINS, 201), makings.invite),
    "list_invitations": Row(ADMINS, call()),
    "revoke_invitation": Row(made(ADMINS_THING, 204), about(World.invited)),
    "get_own_organisation": Row(ADMINS, call()),
    "change_own_organisation": Row(ADMINS, call(body={"name": "Another name"})),
    "create_organisation": Row(made(OPERATORS, 201), makings.create_organisation),
    "list_organisations": Row(OPERATORS, call()),
    "get_organisation": Row(OPERATORS, about(World.organisation)),
    "change_organisation": Row(OPERATORS, about(World.organisation, body={"suspended": True})),
    # tickets
    "create_ticket": Row((201, 201, 201, 201, 403, 201), call(body=TICKET)),
    "list_tickets": Row(ALL, call()),
    "get_ticket": Row(CUSTOMERS_THING, about(World.ticket)),
    "change_ticket": Row((403, 404, 200, 200, 404, 404), about(World.ticket, body={"priority": "high"})),
    "replace_ticket": Row(CUSTOMERS_THING, about(World.ticket, body=TICKET)),
    "delete_ticket": Row(made(ADMINS_THING, 204), about(World.ticket)),
    "restore_ticket": Row(ADMINS_THING, about(World.deleted_ticket)),
    "assign_ticket": Row(STAFFS_THING, makings.assign),
    "unassign_ticket": Row(STAFFS_THING, about(World.ticket)),
    "post_message": Row(made(CUSTOMERS_THING, 201), about(World.ticket, body={"body": "Hello."})),
    "list_messages": Row(CUSTOMERS_THING, about(World.ticket)),
    "redact_message": Row(ADMINS_THING, about(World.message)),
    "add_attachment": Row(made(CUSTOMERS_THING, 201), about(World.ticket, files={"file": ("a.txt", b"Hello.")})),
    "list_attachments": Row(CUSTOMERS_THING, about(World.ticket)),
    "download_attachment": Row(CUSTOMERS_THING, about(World.attachment)),
    "list_history": Row(CUSTOMERS_THING, about(World.ticket)),
    "export_tickets": Row(STAFF, call()),
    "get_summary": Row(STAFF, call()),
    "get_agents": Row(STAFF, call()),
    "list_people": Row(STAFF, call()),
    "list_audit_entries": Row(ADMINS, call()),
    "get_settings": Row(STAFF, call()),
    "put_settings": Row(ADMINS, call(body={})),
    # notifications
    "list_notifications": Row(ALL, call()),
    "count_unread": Row(ALL, call()),
    "mark_read": Row((200, 404, 404, 404, 404, 404), about(World.notification)),
    "mark_unread": Row((200, 404, 404, 404, 404, 404), about(World.notification)),
    "mark_all_read": Row(ALL, call()),
    "stream": Row(ALL, call()),
    "get_preferences": Row(ALL, call()),
    "put_preferences": Row(ALL, call(body={"choices": []})),
    "get_defaults": Row(ADMINS, about(makings.party)),
    "put_defaults": Row(ADMINS, about(makings.party, body={"choices": []})),
    # mail
    "list_mails": Row(ADMINS, call()),
    "get_mail": Row(ADMINS_THING, about(World.failed_mail)),
    "retry_mail": Row(made(ADMINS_THING, 202), about(World.failed_mail)),
    "list_suppressions": Row(ADMINS, call()),
    "add_suppression": Row(made(ADMINS, 201), makings.suppress),
    "remove_suppression": Row(made(ADMINS_THING, 204), about(World.suppression)),
    # dead letters
    **dead_letters("auth"),
    **dead_letters("tickets"),
    **dead_letters("notifications"),
    **dead_letters("mailer"),
}

MAKINGS: dict[str, Making] = {
    **{operation: row.making for operation, row in OPEN.items()},
    **{operation: row.making for operation, row in ROWS.items()},
}
"""What is sent to every route there is."""
