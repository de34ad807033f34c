"""Refusals that concern the account of an address."""

from common.errors import Conflict


class AccountDeactivated(Conflict):
    code = "account_deactivated"

    def __init__(self) -> None:
        super().__init__("The account with this email address is deactivated. An admin can reactivate it.")


class EmailTaken(Conflict):
    """The organisation has another user with that email address."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is an account with this email address.")
