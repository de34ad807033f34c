"""Demo tickets of the local stack: a desk in the middle of its day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from stack.demo_people import CASEY, JORDAN, LEE, MIKA, ROBIN, SASHA, Addressee, Person


@dataclass(frozen=True)
class Said:
    by: Person
    body: str
    visibility: Literal["public", "internal"] = "public"


@dataclass(frozen=True)
class DemoTicket:
    by: Person
    title: str
    description: str
    priority: Literal["low", "normal", "high", "urgent"] = "normal"
    triage: Mapping[str, object] = field(default_factory=dict)
    """The fields that an agent sets afterwards."""
    assignee: Person | None = None
    messages: Sequence[Said] = ()
    status: str | None = None
    """Set by an agent in the end."""
    requester: Addressee | None = None
    """The contact for whom an agent opens it."""


TICKETS = (
    DemoTicket(
        CASEY,
        "Invoice for October shows the old address",
        "We moved on 1 October and changed the address in the portal the same day, but the invoice of "
        "31 October still shows the old one. Our accounting cannot book it like this. Could you reissue it?",
        triage={"category": "Billing", "tags": ["invoice"]},
        assignee=ROBIN,
        messages=(
            Said(ROBIN, "Thank you for telling us. I have asked billing to reissue it; you will have it today."),
            Said(CASEY, "It has arrived and it is correct now. Thanks for the quick help!"),
        ),
        status="resolved",
    ),
    DemoTicket(
        JORDAN,
        "How do I add a colleague to our account?",
        "A new colleague starts on Monday and should be able to see our orders. Where do I invite her?",
        priority="low",
        triage={"category": "Account"},
        assignee=SASHA,
        messages=(
            Said(
                SASHA,
                "You find it under **Settings → Team → Invite**. She gets a mail with a link, and can see orders at "
                "once.\n\nIf she should be able to *place* orders too, tick **May order** when you invite her.",
            ),
        ),
        status="resolved",
    ),
    DemoTicket(
        CASEY,
        "Two-factor codes are refused",
        "All codes of my app are refused since this morning. The clock of the phone is right.",
        priority="high",
        triage={"category": "Account", "tags": ["login"]},
        assignee=SASHA,
        messages=(
            Said(SASHA, "I have taken the second factor off your account. Please log in and set it up anew."),
            Said(CASEY, "That worked, thank you."),
        ),
        status="closed",
    ),
    DemoTicket(
        JORDAN,
        "Delivery note is missing in the parcel",
        "The parcel of order 2026-11-0342 came without a delivery note. Our warehouse needs one to book it in.",
        triage={"category": "Delivery"},
        assignee=ROBIN,
        messages=(Said(ROBIN, "I am sorry about that. Is a PDF good enough, or do you need it on paper?"),),
        status="pending",
    ),
    DemoTicket(
        CASEY,
        "Can we pay by SEPA direct debit?",
        "Paying each invoice by hand takes us half an hour a week. Is direct debit possible?",
        priority="low",
        triage={"category": "Billing"},
    ),
    DemoTicket(
        JORDAN,
        "Webhook is sent twice for some orders",
        "About one in fifty `order.created` webhooks reaches us twice, a few seconds apart, with the **same** "
        "`event_id`:\n\n```\n09:14:02  order.created  event_id=7f3a  -> 200 in 5.2 s\n09:14:08  order.created  "
        "event_id=7f3a  -> 200 in 0.1 s\n```\n\nIs that meant to be so?",
        triage={"category": "API", "tags": ["webhooks"]},
        assignee=SASHA,
        messages=(
            Said(
                SASHA,
                "We wait 5 s for an answer and send it again when there is none. Your first answer took 5.2 s. Two "
                "things help:\n\n1. answer first and work afterwards,\n2. ignore an `event_id` you have seen.\n\n"
                "> At least once, never not at all: that is what webhooks promise.",
            ),
            Said(SASHA, "Third customer this month. We should say this in the docs.", "internal"),
        ),
        status="pending",
    ),
    DemoTicket(
        CASEY,
        "Cannot sign in on the new phone",
        "Since I changed phones the app says **Session expired** right after I enter my password. The browser on the "
        "same phone works.",
        priority="high",
        triage={"category": "App", "tags": ["login", "mobile"]},
        assignee=ROBIN,
        messages=(
            Said(ROBIN, "Which version of the app is it? You find it under *Settings*, at the very bottom."),
            Said(CASEY, "It is 4.2.0, from yesterday."),
            Said(ROBIN, "4.2.0 keeps the key of the old device. Fixed in 4.2.1, out on Thursday.", "internal"),
        ),
        status="in_progress",
    ),
    DemoTicket(
        JORDAN,
        "Prices without tax in the catalogue",
        "Our buyers only see prices with tax. Can the catalogue show net prices for business accounts?",
        triage={"category": "Catalogue", "tags": ["idea"]},
    ),
    DemoTicket(
        JORDAN,
        "Export stops after 10 000 rows",
        "The CSV export of our orders always ends at row 10 000, without any message. We need all 14 312 of them for "
        "the audit on Friday.",
        priority="urgent",
        triage={"category": "API", "tags": ["export"]},
        assignee=ROBIN,
        messages=(
            Said(ROBIN, "I can reproduce this and have passed it to the developers. I will report back tomorrow."),
            Said(
                ROBIN,
                "Cause found: the export reads one page and never asks for the next. As a way round we can run it for "
                "them on the server today.",
                "internal",
            ),
            Said(JORDAN, "Thank you. Friday noon is the latest for us."),
        ),
        status="in_progress",
    ),
    DemoTicket(
        ROBIN,
        "Door sensor reports no battery level",
        "Lee called: the app shows no battery level for two of the nine door sensors. Both were delivered in October.",
        triage={"category": "App", "tags": ["phone"]},
        assignee=ROBIN,
        requester=LEE,
    ),
    DemoTicket(
        MIKA,
        "Where do I find my invoices?",
        "I have just created my account and cannot find the invoices of this year. Are they only in the old portal?",
        triage={"category": "Billing"},
    ),
    DemoTicket(
        CASEY,
        "Order confirmation goes to a former colleague",
        "Confirmations still go to a colleague who left in September. I cannot find where to change that.",
        triage={"category": "Account"},
    ),
    DemoTicket(
        JORDAN,
        "Page for returns shows an error",
        "Since about nine o'clock the page for returns says *Something went wrong*. Reference: `b7c1-220`.",
        priority="urgent",
        triage={"tags": ["outage"]},
    ),
)
