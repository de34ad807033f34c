"""A browser that was updated is the same device; another browser is another one."""

from hypothesis import given
from hypothesis import strategies as st

from auth.session.device import device_of

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36"


@given(st.integers(50, 999), st.integers(50, 999))
def test_versions_do_not_matter(one: int, other: int) -> None:
    assert device_of(FIREFOX.format(one)) == device_of(FIREFOX.format(other))
    assert device_of(FIREFOX.format(one)) != device_of(CHROME.format(other))


def test_another_system_is_another_device() -> None:
    assert device_of(FIREFOX.format(1)) != device_of(FIREFOX.format(1).replace("X11; Linux x86_64", "Windows NT 10.0"))


@given(st.text())
def test_any_text_has_a_device_without_digits(user_agent: str) -> None:
    device = device_of(user_agent)
    assert device is not None
    assert not any(character in device for character in "0123456789")


def test_no_user_agent_is_no_device() -> None:
    assert device_of(None) is None
