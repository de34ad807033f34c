"""Requests about accepting invitations."""

from auth.user.schemas import LinkToken, Password, PersonName
from common.http.schemas import Body


class InvitationAcceptance(Body):
    """`token` comes from the link in the email. `password` is the one of a new account. Where the address has a
    verified account, it is that account's own, and a session of the account replaces it. `name` is by default the one
    in the invitation, and is only used for a new account."""

    token: LinkToken
    password: Password | None = None
    name: PersonName | None = None
