"""Every stream and every consumer there is, as data.

Read it as a wiring diagram: who publishes where, who hears what. `provision.py` makes NATS look like this, and
`permissions.py` lets each service do just what is written here.
"""

from dataclasses import dataclass

from common.events import Event, auth, mailer, notifications, tickets

SERVICES = ("auth", "tickets", "notifications", "mailer")

REPLAYS = "REPLAYS"
"""Events that one service gets again, alone: `replay.<service>.<original subject>`; gone once it handled them."""


@dataclass(frozen=True)
class StreamSpec:
    """A stream. `max_age_days` 0 keeps for good; `work_queue` removes a message once it is handled."""

    name: str
    subjects: tuple[str, ...]
    description: str
    max_age_days: int = 30
    work_queue: bool = False


@dataclass(frozen=True)
class ConsumerSpec:
    """What one service hears of one stream, through one durable consumer that all its replicas share."""

    service: str
    stream: str
    subjects: tuple[str, ...]


def stream_of(service: str) -> str:
    """The stream a service publishes its events to."""
    return service.upper()


def dead_letters_of(service: str) -> str:
    """The stream that keeps what a service could not handle, until somebody replays or discards it."""
    return f"DEAD_LETTERS_{service.upper()}"


TOKEN_TRUST_EVENTS: tuple[type[Event], ...] = (
    auth.SigningKeyPublished,
    auth.SessionEnded,
    auth.SessionRevoked,
    auth.UserUpdated,
    auth.UserDeactivated,
    auth.OrganisationSuspended,
)
"""What every service hears that verifies access tokens (token_trust.py)."""

SUBSCRIPTIONS: dict[str, tuple[type[Event], ...]] = {
    "auth": (),
    "tickets": (  # nearly everything, its own events too: it keeps the audit trail
        *TOKEN_TRUST_EVENTS,
        auth.OrganisationCreated,
        auth.OrganisationUpdated,
        auth.OrganisationReinstated,
        auth.UserRegistered,
        auth.UserReactivated,
        auth.SessionStarted,
        auth.LoginFailed,
        auth.PasswordChanged,
        auth.PasswordResetRequested,
        auth.EmailVerificationRequested,
        auth.MfaEnabled,
        auth.MfaDisabled,
        auth.InvitationCreated,
        auth.InvitationRevoked,
        tickets.TicketCreated,
        tickets.TicketEdited,
        tickets.TicketStatusChanged,
        tickets.TicketAssigned,
        tickets.TicketUnassigned,
        tickets.TicketEscalated,
        tickets.TicketDeleted,
        tickets.TicketRestored,
        tickets.MessagePosted,
        tickets.MessageRedacted,
        tickets.AttachmentAdded,
        tickets.SettingsUpdated,
        notifications.PreferencesUpdated,
        mailer.EmailRetried,
        mailer.SuppressionAdded,
        mailer.SuppressionRemoved,
    ),
    "notifications": (
        *TOKEN_TRUST_EVENTS,
        auth.UserRegistered,
        auth.UserReactivated,
        auth.EmailVerificationRequested,
        auth.PasswordResetRequested,
        auth.PasswordChanged,
        auth.SessionStarted,
        auth.InvitationCreated,
        tickets.TicketCreated,
        tickets.TicketAssigned,
        tickets.TicketUnassigned,
        tickets.TicketStatusChanged,
        tickets.TicketEscalated,
        tickets.MessagePosted,
    ),
    "mailer": (
        *TOKEN_TRUST_EVENTS,
        notifications.EmailRequested,
    ),
}
"""Which service hears which events. Its subscriptions.py says what it does about each."""

BROADCASTS: dict[str, tuple[str, ...]] = {"notifications": ("notifications.notification.>",)}
"""Subjects that each API process of a service listens to besides, over plain NATS and without any promise: hints that
there is something new to read in the database (core_subscription.py)."""

STREAMS: tuple[StreamSpec, ...] = (
    *(StreamSpec(stream_of(s), (f"{s}.>",), f"What {s} says.") for s in SERVICES),
    *(
        StreamSpec(dead_letters_of(s), (f"dead_letters.{s}.>",), f"What {s} could not handle.", max_age_days=0)
        for s in SERVICES
    ),
    StreamSpec(REPLAYS, ("replay.>",), "Events one service gets again, alone.", work_queue=True),
)


def consumers_of(service: str) -> tuple[ConsumerSpec, ...]:
    """A consumer for each stream the service hears something of, and one for what is replayed to it."""
    heard: dict[str, list[str]] = {}
    for event in SUBSCRIPTIONS[service]:
        heard.setdefault(stream_of(event.service()), []).append(f"{event.versioned_type()}.>")
    return (
        *(ConsumerSpec(service, stream, tuple(subjects)) for stream, subjects in heard.items()),
        ConsumerSpec(service, REPLAYS, (f"replay.{service}.>",)),
    )


CONSUMERS: tuple[ConsumerSpec, ...] = tuple(consumer for s in SERVICES for consumer in consumers_of(s))
