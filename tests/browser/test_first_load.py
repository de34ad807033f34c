"""The amount of JavaScript that a browser fetches before a page is usable."""

import pytest

from stack.demo_people import CASEY, ROBIN, Person
from tests.browser.conftest import OpenVisitor
from tests.support.stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize(("person", "max_bytes"), [(CASEY, 200_000), (ROBIN, 300_000)], ids=["customer", "agent"])
async def test_the_first_load_is_small(
    stack: RunningStack, open_visitor: OpenVisitor, person: Person, max_bytes: int
) -> None:
    """Counts compressed bytes. Chunks that are prefetched when idle do not count."""
    visitor = await open_visitor()
    await visitor.log_in(person)
    await visitor.page.add_init_script("window.requestIdleCallback = () => 0")
    await visitor.page.goto(stack.url)
    await visitor.wait_until_loaded()
    fetched = await visitor.page.evaluate(
        "performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))"
        ".reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)"
    )
    assert 50_000 < fetched <= max_bytes
