"""Refusals that concern the account of an address."""

from common.errors import Conflict


class AccountDeactivated(Conflict):
    code = "account_deactivated"

    def __init__(self) -> None:
        super().__init__("The account with this email address is deactivated. An admin can reactivate it.")


class EmailSuppressed(Conflict):
    code = "email_suppressed"

    def __init__(self, email: str, reason: str) -> None:
        super().__init__(
            f"Emails to {email} are not delivered: {reason}. Remove the address from the suppression list first, or use"
            " another address.",
            reason=reason,
        )


class EmailChangedTooOften(Conflict):
    """The former addresses that can be restored are limited in number, and none is dropped for a newer one
    (docs/decisions/0053)."""

    code = "email_changed_too_often"

    def __init__(self) -> None:
        super().__init__("The email address was changed too often. Change it again in three days.")


class EmailNotVerified(Conflict):
    """The present address must be verified before it can be changed (docs/decisions/0033)."""

    code = "email_not_verified"

    def __init__(self) -> None:
        super().__init__(
            "Confirm your present email address first, with the link that was sent to it. If the address is mistyped,"
            " sign up again with the right one."
        )


class EmailReserved(Conflict):
    """Another account of the organisation had that email address and can still restore it (docs/decisions/0053)."""

    code = "email_reserved"

    def __init__(self) -> None:
        super().__init__(
            "The account with this email address changed to another one a short time ago, and this address stays"
            " reserved for three days. Use another address, or try again after that time."
        )


class EmailTaken(Conflict):
    """The organisation has another user with that email address."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is an account with this email address.")
