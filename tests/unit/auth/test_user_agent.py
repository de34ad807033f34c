"""An updated browser is the same device; another browser is another one."""

from hypothesis import given
from hypothesis import strategies as st

from auth.domain.user_agent import without_versions

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36"


@given(st.integers(50, 999), st.integers(50, 999))
def test_versions_do_not_matter(one: int, other: int) -> None:
    assert without_versions(FIREFOX.format(one)) == without_versions(FIREFOX.format(other))
    assert without_versions(FIREFOX.format(one)) != without_versions(CHROME.format(other))


def test_another_operating_system_is_another_device() -> None:
    linux = FIREFOX.format(1)
    assert without_versions(linux) != without_versions(linux.replace("X11; Linux x86_64", "Windows NT 10.0"))


@given(st.text())
def test_any_text_has_a_result_without_digits(user_agent: str) -> None:
    device = without_versions(user_agent)
    assert device is not None
    assert not any(character in device for character in "0123456789")


def test_without_a_user_agent_there_is_no_device() -> None:
    assert without_versions(None) is None
