"""Email addresses in one form: for storage, comparison, limits, suppression and sending (docs/decisions/0031)."""

import re
import unicodedata
from contextlib import suppress
from typing import Annotated

import idna
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints

MAX_LENGTH = 254
"""Of an address, in octets (RFC 5321 section 4.5.3.1.3)."""
MAX_LOCAL_LENGTH = 64
"""Of its local part, in octets (RFC 5321 section 4.5.3.1.1)."""

_NUMBER_LAST = re.compile(r"(^|\.)[0-9]+$")

# Active Directory domains are often below `.local`, and their mail servers accept it.
with suppress(ValueError):
    SPECIAL_USE_DOMAIN_NAMES.remove("local")


def normalize_address(typed: str) -> str:
    """The form in which an address is stored: the local part in NFC, the domain in ASCII and lower case (UTS 46).

    Idempotent. Raises ValueError with the reason for text that is not an address that mail can be sent to.
    """
    try:
        checked = validate_email(
            typed.strip(), check_deliverability=False, globally_deliverable=False, allow_smtputf8=True, strict=True
        )
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    if _NUMBER_LAST.search(checked.ascii_domain):
        raise ValueError("The part after the @-sign is an IP address or a number. It must be a domain name.")
    address = f"{checked.local_part}@{checked.ascii_domain}"
    if len(checked.local_part.encode()) > MAX_LOCAL_LENGTH or len(address.encode()) > MAX_LENGTH:
        raise ValueError("The email address is too long.")
    return address


def address_key(address: str) -> str:
    """Equal for two spellings of one mailbox, whatever their case. Local parts that differ by case folding
    alone (`straße`, `strasse`) count as one. Text that is not an address has a key too."""
    with suppress(ValueError):
        address = normalize_address(address)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", address.strip()).casefold())


def domain_of(address: str) -> str:
    """The domain of an address or of a key."""
    return address.rpartition("@")[2]


def with_unicode_domain(address: str) -> str:
    """A normalized address with its domain as its owner writes it (RFC 5891), to search by."""
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{idna.decode(domain)}"
    except idna.IDNAError:
        return address


AddressText = Annotated[str, Field(max_length=MAX_LENGTH)]
"""An email address as it was stored."""

EmailAddress = Annotated[str, StringConstraints(max_length=MAX_LENGTH), AfterValidator(normalize_address)]
"""An email address that mail can be sent to, normalized."""
