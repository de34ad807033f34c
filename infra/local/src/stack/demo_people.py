"""Demo people of the local stack. They exist nowhere else, so their passwords are public."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    name: str
    role: str
    email: str
    password: str


ADMIN = Person("Ada Moreno", "admin", "admin@helpdesk.example", "demo-admin-2026")
ROBIN = Person("Robin Weiss", "agent", "robin@helpdesk.example", "demo-robin-2026")
SASHA = Person("Sasha Okafor", "agent", "sasha@helpdesk.example", "demo-sasha-2026")
CASEY = Person("Casey Lindgren", "customer", "casey@helpdesk.example", "demo-casey-2026")
JORDAN = Person("Jordan Alvarez", "customer", "jordan@helpdesk.example", "demo-jordan-2026")

PEOPLE = (ADMIN, ROBIN, SASHA, CASEY, JORDAN)
"""Their addresses count as confirmed."""

MIKA = Person("Mika Laine", "customer", "mika@helpdesk.example", "demo-mika-2026")
"""Signs up, and has not followed the link in the mail."""

ACCOUNTS = (*PEOPLE, MIKA)


@dataclass(frozen=True)
class Addressee:
    """Somebody without a password."""

    name: str
    email: str


LEE = Addressee("Lee Brandt", "lee@helpdesk.example")
"""A contact."""

CHARLIE = Addressee("Charlie Ortiz", "charlie@helpdesk.example")
"""Is invited as an agent."""
