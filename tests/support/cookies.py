"""The refresh cookie, as a browser keeps it and sends it back."""

from http.cookies import Morsel, SimpleCookie

import httpx

from auth.session.token_responder import COOKIE


def refresh_cookie(answer: httpx.Response) -> "Morsel[str] | None":
    """What an answer sets; None where it sets nothing."""
    cookies: SimpleCookie = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        cookies.load(header)
    return cookies.get(COOKIE)


def refresh_token(answer: httpx.Response) -> str:
    """Its value, which must be there."""
    cookie = refresh_cookie(answer)
    assert cookie is not None, "no refresh cookie is set"
    return cookie.value


def with_cookie(token: str) -> dict[str, str]:
    """Headers that send it."""
    return {"Cookie": f"{COOKIE}={token}"}
