"""The catalogue of notification kinds: which events cause one, who is notified, by default where, and what its email
needs to know.

A kind is a class, and its name is the word that is stored and sent. An instance is the context of one notification:
the fields that the texts of its email use beside the recipient, the actor and the ticket. notifications' policy and
subscriptions and mailer's validation and examples follow from this module. Pure.
"""

from collections.abc import Collection, Mapping
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from common.audiences import BOTH, EMAIL, IN_APP, NOWHERE, ON_REQUEST, ONLOOKERS, Audience, Channels
from common.events import Event, Role, auth, tickets
from common.events.base import Value
from common.text import LongText, ShortText
from common.times import UtcTime


class NotificationKind(Value):
    """Base of all kinds."""

    name: ClassVar[str]
    events: ClassVar[tuple[type[Event], ...]] = ()
    """The events that cause it. A kind without one is not in use yet."""
    channels: ClassVar[Mapping[Audience, Channels]]
    """Who is notified, and where by default. A person in none of these audiences is never notified, whatever they
    chose."""
    mandatory: ClassVar[bool] = False
    """Whether nobody can switch it off."""
    is_security: ClassVar[bool] = False
    """Whether its email keeps an account safe, and so goes to a suppressed address as well (docs/decisions/0045)."""
    shared_text: ClassVar[Collection[Audience]] = ONLOOKERS | {Audience.SELF}
    """The audiences that read the text `[<name>]`. Each of the others is addressed by its own text,
    `[<name>.<audience>]`."""
    person_field: ClassVar[str | None] = None
    """The field with the name of the person to whom the event happened, which onlookers read."""
    facts: ClassVar[tuple[str, ...]] = ()
    """Fields that the email lists below its text."""
    is_quiet_in_large_desks: ClassVar[bool] = False
    """Whether the staff of a large desk are not notified of unassigned tickets unless they choose so: the queue shows
    them."""
    confirms_own_act: ClassVar[bool] = False
    """Whether it is for the person who acted. Nobody is notified of their own acts on a ticket otherwise."""
    has_secret_link: ClassVar[bool] = False
    """Whether it is only an email, whose link holds a secret. auth requests it from mailer directly."""

    is_about_queue: ClassVar[bool] = False
    """Whether it is about several tickets at once, and names none of them."""

    @classmethod
    def is_about_ticket(cls) -> bool:
        """Whether it is about a ticket, and not about an account or a queue."""
        return Audience.SELF not in cls.channels and not cls.is_about_queue

    @classmethod
    def text_key(cls, audience: str) -> str:
        """The table of texts that `audience` reads. Raises LookupError for an audience that the kind does not have."""
        if audience not in cls.channels:
            raise LookupError(f"the kind {cls.name} has no audience {audience}")
        return cls.name if audience in cls.shared_text else f"{cls.name}.{audience}"

    @classmethod
    def example(cls) -> Self:
        """A context made of the first example of each field."""
        fields = cls.model_fields.items()
        return cls.model_validate({name: field.examples[0] for name, field in fields if field.examples})


_MARKDOWN = (
    "It prints, but the pages come out **brown**. I tried:\n\n- turning it off and on\n"
    "- [the manual](https://example.com/manual)\n\n![a picture](https://example.com/fire.jpg)"
)

Body = Annotated[LongText, Field(examples=[_MARKDOWN])]
"""A message as typed, in Markdown."""
PersonName = Annotated[ShortText, Field(examples=["Robin Agent"])]
Status = Annotated[tickets.Status, Field(examples=["in_progress"])]
Time = Annotated[UtcTime, Field(examples=["2026-05-13T09:30:00.000Z"])]
IpAddress = Annotated[ShortText | None, Field(examples=["192.0.2.7"])]
UserAgent = Annotated[ShortText | None, Field(examples=["Firefox 140 on Linux"])]


class File(Value):
    """A file of a message. `size` is in bytes."""

    name: ShortText
    size: int


Files = Annotated[tuple[File, ...], Field(max_length=100, examples=[[{"name": "error.log", "size": 48_300}]])]


class SecretLinkEmail:
    """Base of kinds that are only an email with a secret link. Nobody can switch them off."""

    events: ClassVar[tuple[type[Event], ...]] = (auth.SecretLinkIssued,)
    channels: ClassVar[Mapping[Audience, Channels]] = {Audience.SELF: EMAIL}
    mandatory = True
    has_secret_link = True


class AccountActivity(Value):
    """Base of kinds that report an action on the account: when, and from where."""

    facts: ClassVar[tuple[str, ...]] = ("at", "ip", "user_agent")
    is_security: ClassVar[bool] = True

    at: Time
    ip: IpAddress = None
    user_agent: UserAgent = None


class Welcome(NotificationKind):
    name = "welcome"
    events = (auth.UserRegistered,)
    channels = {Audience.SELF: BOTH}

    is_staff: Annotated[bool, Field(examples=[False])] = False


class VerifyEmail(SecretLinkEmail, NotificationKind):
    name = "verify_email"
    is_security = True


class PasswordReset(SecretLinkEmail, NotificationKind):
    name = "password_reset"
    is_security = True

    ip: IpAddress = None


class EmailChangeRequested(SecretLinkEmail, AccountActivity, NotificationKind):
    """Sent to the present address, with the link that cancels the change, also after it was confirmed."""

    name = "email_change_requested"


class SecurityChange(AccountActivity):
    """Base of kinds that report a change of what protects the account. Nobody can switch them off."""

    channels: ClassVar[Mapping[Audience, Channels]] = {Audience.SELF: BOTH}
    mandatory: ClassVar[bool] = True

    by: Annotated[ShortText | None, Field(examples=["Ada Admin"])] = None
    """Who made the change, if not the person."""


class PasswordChanged(SecurityChange, NotificationKind):
    name = "password_changed"
    events = (auth.PasswordChanged,)


class MfaEnabled(SecurityChange, NotificationKind):
    name = "mfa_enabled"
    events = (auth.MfaEnabled,)


class MfaDisabled(SecurityChange, NotificationKind):
    name = "mfa_disabled"
    events = (auth.MfaDisabled,)


class RecoveryCodeUsed(SecurityChange, NotificationKind):
    name = "recovery_code_used"
    events = (auth.RecoveryCodeUsed,)

    remaining: Annotated[int, Field(examples=[9])]


class RecoveryCodesRenewed(SecurityChange, NotificationKind):
    name = "recovery_codes_renewed"
    events = (auth.RecoveryCodesRenewed,)


class EmailChangeCancelled(SecurityChange, NotificationKind):
    name = "email_change_cancelled"
    events = (auth.EmailChangeCancelled,)


class EmailChanged(SecurityChange, NotificationKind):
    """Sent to the new and to the former address."""

    name = "email_changed"
    events = (auth.EmailChanged,)


class EmailRestored(SecurityChange, NotificationKind):
    """Sent to the restored address."""

    name = "email_restored"
    events = (auth.EmailRestored,)


class RoleChanged(SecurityChange, NotificationKind):
    name = "role_changed"
    events = (auth.UserUpdated,)

    role: Annotated[Role, Field(examples=["agent"])]


class NewSignIn(AccountActivity, NotificationKind):
    name = "new_sign_in"
    events = (auth.SessionStarted,)
    channels = {Audience.SELF: BOTH}


class FailedLogins(AccountActivity, NotificationKind):
    name = "failed_logins"
    events = (auth.LoginFailedRepeatedly,)
    channels = {Audience.SELF: BOTH}
    mandatory = True

    password_was_right: bool = False
    """Whether somebody knows the password and guesses codes."""


class Invitation(SecretLinkEmail, NotificationKind):
    name = "invitation"

    organisation: Annotated[ShortText, Field(examples=["Example & Sons"])]
    inviter: PersonName


class FromRequester(Value):
    """Base of kinds that may quote the requester to staff."""

    requester_unconfirmed: Annotated[bool, Field(examples=[False])] = False
    """Whether the requester's email address is not confirmed, in an email to staff."""


class TicketReceived(NotificationKind):
    """The receipt for whoever opened a ticket."""

    name = "ticket_received"
    events = (tickets.TicketCreated, tickets.MessagePosted)
    channels = {Audience.REQUESTER: EMAIL}
    confirms_own_act = True


class TicketCreated(FromRequester, NotificationKind):
    """A requester hears of a ticket that staff opened for them."""

    name = "ticket_created"
    events = (tickets.TicketCreated, tickets.MessagePosted)
    channels = {Audience.REQUESTER: BOTH, Audience.UNASSIGNED_QUEUE: IN_APP, Audience.STAFF: NOWHERE}
    is_quiet_in_large_desks = True

    body: Body


class Assigned(NotificationKind):
    name = "assigned"
    events = (tickets.TicketAssigned,)
    channels = {Audience.ASSIGNEE: BOTH, **ON_REQUEST}
    person_field = "assignee"

    assignee: PersonName


class Unassigned(NotificationKind):
    name = "unassigned"
    events = (tickets.TicketAssigned, tickets.TicketUnassigned)
    channels = {Audience.FORMER_ASSIGNEE: IN_APP, **ON_REQUEST}
    person_field = "former_assignee"

    former_assignee: PersonName


class TicketsUnassigned(NotificationKind):
    """A person who can no longer answer tickets had some."""

    name = "tickets_unassigned"
    events = (tickets.OffboardingCompleted,)
    channels = {Audience.UNASSIGNED_QUEUE: IN_APP}
    is_about_queue = True

    former_assignee: PersonName
    ticket_count: Annotated[int, Field(examples=[12])]


class StatusChanged(NotificationKind):
    name = "status_changed"
    events = (tickets.TicketStatusChanged,)
    channels = {Audience.REQUESTER: BOTH, Audience.ASSIGNEE: IN_APP, **ON_REQUEST}

    before: Status
    after: Status


class Replied(FromRequester, NotificationKind):
    name = "replied"
    events = (tickets.MessagePosted,)
    channels = {
        Audience.REQUESTER: BOTH,
        Audience.ASSIGNEE: BOTH,
        Audience.UNASSIGNED_QUEUE: IN_APP,
        Audience.STAFF: NOWHERE,
    }
    is_quiet_in_large_desks = True

    body: Body
    files: Files = ()
    opens_ticket: Annotated[bool, Field(examples=[False])] = False
    """Whether it is a reply to a closed ticket that opened a follow-up."""


class Noted(NotificationKind):
    name = "noted"
    events = (tickets.MessagePosted,)
    channels = {Audience.ASSIGNEE: IN_APP, **ON_REQUEST}  # never the requester: notes are internal

    body: Body
    files: Files = ()


class Mentioned(NotificationKind):
    name = "mentioned"
    events = (tickets.MessagePosted,)
    channels = {Audience.MENTIONED: BOTH}

    body: Body
    files: Files = ()


class Escalated(NotificationKind):
    name = "escalated"
    events = (tickets.TicketEscalated,)
    channels = {Audience.ASSIGNEE: BOTH, Audience.UNASSIGNED_QUEUE: IN_APP, Audience.STAFF: IN_APP}
    shared_text = frozenset({Audience.STAFF})

    since: Time
    """When the ticket was opened or reopened."""


class SlaWarned(NotificationKind):
    name = "sla_warned"
    channels = {Audience.ASSIGNEE: BOTH, Audience.UNASSIGNED_QUEUE: IN_APP, Audience.STAFF: NOWHERE}
    shared_text = frozenset({Audience.STAFF})


class SlaBreached(NotificationKind):
    name = "sla_breached"
    channels = {Audience.ASSIGNEE: BOTH, Audience.UNASSIGNED_QUEUE: IN_APP, Audience.STAFF: IN_APP}
    shared_text = frozenset({Audience.STAFF})


class Merged(NotificationKind):
    name = "merged"
    channels = {Audience.REQUESTER: BOTH, Audience.ASSIGNEE: IN_APP, **ON_REQUEST}


KINDS: Mapping[str, type[NotificationKind]] = {kind.name: kind for kind in NotificationKind.__subclasses__()}

NOTIFYING_EVENTS: tuple[type[Event], ...] = tuple(
    dict.fromkeys(event for kind in KINDS.values() if not kind.has_secret_link for event in kind.events)
)
"""Every event that notifications turns into notifications."""


def kind_named(name: str) -> type[NotificationKind]:
    """Raises LookupError for a kind that this version does not know."""
    if name not in KINDS:
        raise LookupError(f"unknown kind of notification: {name}")
    return KINDS[name]


_IN_USE = [kind.name for kind in KINDS.values() if kind.events]


def _in_use(name: str) -> str:
    if name not in _IN_USE:
        raise PydanticCustomError("unknown_kind", "Input should be one of {kinds}", {"kinds": ", ".join(_IN_USE)})
    return name


KindName = Annotated[str, AfterValidator(_in_use), WithJsonSchema({"type": "string", "enum": _IN_USE})]
"""The name of a kind in a request."""
