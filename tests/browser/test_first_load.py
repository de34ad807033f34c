"""How much a browser fetches before a page can be used."""

import pytest

from stack.demo_people import CASEY, ROBIN, Person
from tests.browser.conftest import Arrive
from tests.support.stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(("person", "most"), [(CASEY, 200_000), (ROBIN, 300_000)], ids=["customer", "agent"])
async def test_the_first_load_is_small(stack: RunningStack, arrive: Arrive, person: Person, most: int) -> None:
    """As it comes over the wire, until the page can be used; what is fetched afterwards, for later, is not counted."""
    visitor = await arrive()
    await visitor.logs_in(person)
    await visitor.page.add_init_script("window.requestIdleCallback = () => 0")
    await visitor.page.goto(stack.url)
    await visitor.everything_is_there()
    fetched = await visitor.page.evaluate(
        "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))"
        ".reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"
    )
    assert 50_000 < fetched <= most
